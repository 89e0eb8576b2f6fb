"""Who appears in a set."""

from dataclasses import replace

import numpy as np

from synthetic.bust import load_bust
from synthetic.drawing import draw_person
from synthetic.person import Person

FIRST_NAMES = {
    "female": ("Alma", "Bea", "Clara", "Dina", "Elin", "Freya", "Greta", "Hanna", "Ida", "Juno",
               "Kira", "Lena", "Maja", "Nora", "Olga", "Petra", "Rosa", "Sara", "Tilda", "Vera"),
    "male": ("Adam", "Boris", "Carl", "David", "Emil", "Felix", "Gustav", "Hugo", "Ivan", "Jonas",
             "Karim", "Leo", "Milan", "Noah", "Oscar", "Paul", "Robin", "Simon", "Tomas", "Victor"),
}  # fmt: skip
LAST_NAMES = (
    "Berg", "Carter", "Dale", "Evans", "Foster", "Grant", "Hill", "Jensen", "Keller", "Larsen",
    "Moreno", "Novak", "Parker", "Reed", "Silva", "Turner", "Vargas", "Walker", "Young", "Ziegler",
)  # fmt: skip
_CANDIDATES = 6


def draw_cast(seed: int, people: int) -> list[Person]:
    """People who look different, each with a name that nobody in particular has.

    Args:
        seed: The same seed gives the same people, and a longer cast begins with a shorter one.
        people: How many.
    """
    bust = load_bust()
    return [_named(draw_person(person_seed(seed, index), bust)) for index in range(people)]


def draw_stranger(seed: int, index: int, person: Person) -> Person:
    """Somebody whom nobody takes for a person: of several, the one who looks least like them.

    Args:
        seed: Of the set.
        index: Of the person in its cast.
        person: Who.
    """
    bust = load_bust()
    seeds = [item_seed(seed, index, number, 9) for number in range(_CANDIDATES)]
    candidates = [_named(draw_person(each, bust)) for each in seeds]
    return max(candidates, key=lambda other: _apart(person, other))


def _apart(one: Person, other: Person) -> float:
    """How different two people look at a glance: sex, age, complexion."""
    tones = [np.log(np.array(each.skin.tone)) for each in (one, other)]
    years = abs(one.age_years - other.age_years) / 40
    return float((one.sex != other.sex) + years + np.linalg.norm(tones[0] - tones[1]))


def person_seed(seed: int, index: int) -> int:
    """The seed of one person of a cast."""
    return int(np.random.SeedSequence([seed, index]).generate_state(1)[0])


def item_seed(*keys: int) -> int:
    """A seed of its own for each tuple of keys."""
    return int(np.random.SeedSequence(keys).generate_state(1)[0])


def _named(person: Person) -> Person:
    if person.name:
        return person
    rng = np.random.default_rng([person.seed, 1])
    first = FIRST_NAMES.get(person.sex, FIRST_NAMES["female"])
    return replace(person, name=f"{rng.choice(first)} {rng.choice(LAST_NAMES)}")


def other_name(name: str, rng: np.random.Generator) -> str:
    """A name that shares neither part with another one."""
    firsts = [each for names in FIRST_NAMES.values() for each in names if each not in name]
    lasts = [each for each in LAST_NAMES if each not in name]
    return f"{rng.choice(firsts)} {rng.choice(lasts)}"
