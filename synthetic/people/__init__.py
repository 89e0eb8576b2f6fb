"""The people whose footage the repository carries. None of them exists."""

from synthetic.people.men import HENRIK, KENJI, RAFAEL, SAMUEL
from synthetic.people.women import ADAEZE, ELSA, MARA, MEI
from synthetic.person import Person

PEOPLE: dict[str, Person] = {
    "mara": MARA,
    "adaeze": ADAEZE,
    "mei": MEI,
    "elsa": ELSA,
    "rafael": RAFAEL,
    "kenji": KENJI,
    "samuel": SAMUEL,
    "henrik": HENRIK,
}
"""By first name."""

VOICES_OF: dict[str, str] = {
    "mara": "heart",
    "adaeze": "heart-low",
    "mei": "heart-high",
    "elsa": "heart-alto",
    "rafael": "joe-light",
    "kenji": "joe",
    "samuel": "joe-bass",
    "henrik": "heart-tenor",
}
"""Names of voices (`synthetic.voices.VOICES`)."""

WALLS_OF: dict[str, tuple[float, float, float]] = {
    "mara": (0.20, 0.205, 0.20),
    "adaeze": (0.22, 0.19, 0.15),
    "mei": (0.17, 0.20, 0.235),
    "elsa": (0.215, 0.205, 0.165),
    "rafael": (0.15, 0.17, 0.18),
    "kenji": (0.21, 0.215, 0.23),
    "samuel": (0.24, 0.22, 0.19),
    "henrik": (0.16, 0.185, 0.165),
}
"""Linear RGB of the wall behind each."""

SAMPLE_NAME = "mara"
SAMPLE = PEOPLE[SAMPLE_NAME]
"""Whose footage is embedded in `avatar.sample`."""
