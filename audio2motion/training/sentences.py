"""What the synthesisers say: seeded sentences, English by grammar and dictionary, others by list.

English text comes in three kinds, so that no grammar is learned instead of sounds: plain sentences
from a small grammar, strings of words drawn from the whole CMU dictionary, and numbers.
"""

import re
import tomllib
from functools import cache
from pathlib import Path

import numpy as np

import weights

_DETERMINERS = "the a my your our this that every some one another their".split()
_ADJECTIVES = (
    "big small blue warm quiet young heavy purple famous empty brave soft bitter golden huge "
    "foolish smooth wooden lovely thick awful measured shiny fresh busy rough possible gentle "
    "yellow bright patient casual royal hungry joyful vivid weak proud"
).split()
_NOUNS = (
    "boy mother shop window river machine father garden voice pilot apple fish bishop village "
    "teacher kitchen brother camera mouse garage picture wolf bridge flower butcher vision "
    "island judge paper thumb bubble elephant shoulder treasure beach feather coin lawyer moon "
    "thief puppy oven mirror book church"
).split()
_VERBS = (
    "moves finds loves pushes follows watches brings builds remembers paints forgets measures "
    "chases believes touches borrows enjoys washes describes shows throws avoids keeps opens "
    "explains wants visits proves catches"
).split()
_PLACES = (
    "near the water|behind the old theatre|in the morning|under the bridge|on Wednesday evening|"
    "before the show|with both hands|for a while|by the fire|at five o'clock|above the village|"
    "without a word|through the thick smoke|after lunch|beyond the valley|all year round"
).split("|")
_OPENERS = (
    "|||Well, |Maybe |Of course |I hope |You know, |We think |Why, |Please remember: |"
    "They say that |Oh, |But "
).split("|")
_PHRASES = (
    "How are you doing today?|I would love a cup of tea, please.|That is a very good question.|"
    "We should go home before it rains.|Could you pass me the butter?|What a beautiful view!|"
    "My father works in a big office.|They moved to the coast five years ago.|Who is there?|"
    "Maybe we will meet again tomorrow.|It was a pleasure to work with you.|Push the blue button.|"
    "I do not believe a word of it.|Both of them have above average marks.|Stop, look and listen!|"
    "The weather is changing very quickly.|She usually measures the garage twice.|Thank you all.|"
    "Five brave wolves vanished from the forest.|Put your shoes by the door.|Yes. No. Perhaps.|"
    "The judge chose the usual version.|We were away for a week or two.|Bob bumped a purple lamp.|"
    "A warm breeze blew over the fields.|Give papa a cup of proper coffee.|You have five minutes.|"
    "Have you ever been to Vienna?|The poor boy enjoyed his toys.|Please wait for my voice.|"
    "Mum made more marmalade this morning.|Do you want to leave now or later?|Every move matters."
).split("|")
_FORMS = ("PHRASE", "CLAUSE", "CLAUSE", "WORDS", "WORDS", "NUMBERS")


def english(rng: np.random.Generator) -> str:
    """One sentence."""
    form = str(rng.choice(_FORMS))
    if form == "PHRASE":
        return str(rng.choice(_PHRASES))
    if form == "NUMBERS":
        return (
            ", ".join(str(rng.integers(0, 10 ** int(rng.integers(1, 5)))) for _ in range(3)) + "."
        )
    if form == "WORDS":
        chosen = rng.choice(_dictionary_words(), size=int(rng.integers(4, 9)))
        return f"{' '.join(map(str, chosen)).capitalize()}."
    clause = f"{_noun(rng)} {rng.choice(_VERBS)} {_noun(rng)}"
    if rng.random() < 0.6:
        clause += f" {rng.choice(_PLACES)}"
    sentence = f"{rng.choice(_OPENERS)}{clause}{rng.choice(['.', '.', '?', '!'])}"
    return sentence[0].upper() + sentence[1:]


def other(language: str, rng: np.random.Generator) -> str:
    """One sentence of another language: see `sentences.toml`; figures are read as numbers."""
    if rng.random() < 0.1:
        return ", ".join(str(rng.integers(0, 1000)) for _ in range(3)) + "."
    return str(rng.choice(sentences()[language]))


@cache
def sentences() -> dict[str, tuple[str, ...]]:
    """Sentences by language."""
    text = Path(__file__).with_name("sentences.toml").read_text(encoding="utf-8")
    return {name: tuple(entry["sentences"]) for name, entry in tomllib.loads(text).items()}


def text(language: str, rng: np.random.Generator) -> str:
    """One to three sentences, said in one breath after the other."""
    count = int(rng.choice([1, 2, 2, 3]))
    say = english if language.startswith("en") else lambda draw: other(language, draw)
    return " ".join(say(rng) for _ in range(count))


def _noun(rng: np.random.Generator) -> str:
    words = [rng.choice(_DETERMINERS)]
    if rng.random() < 0.6:
        words.append(rng.choice(_ADJECTIVES))
    return " ".join(map(str, [*words, rng.choice(_NOUNS)]))


@cache
def _dictionary_words() -> tuple[str, ...]:
    path = weights.path("pocketsphinx-en-us-dictionary")
    entries = (line.partition(" ")[0] for line in path.read_text(encoding="utf-8").splitlines())
    return tuple(word for word in entries if re.fullmatch("[a-z]{3,10}", word))
