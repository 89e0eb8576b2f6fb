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


def draw_cast(seed: int, people: int) -> list[Person]:
    """People who look different, each with a name that nobody in particular has.

    Args:
        seed: The same seed gives the same people, and a longer cast begins with a shorter one.
        people: How many.
    """
    bust = load_bust()
    return [_named(draw_person(person_seed(seed, index), bust)) for index in range(people)]


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
