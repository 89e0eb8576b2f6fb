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

SAMPLE = MARA
"""Whose footage is embedded in `avatar.sample`."""
