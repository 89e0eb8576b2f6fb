import re
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path

import pytest

from consent.words import CODE_WORDS, WORDS_PER_CHALLENGE


@pytest.fixture(scope="module")
def phones() -> dict[str, list[list[str]]]:
    found = find_spec("pocketsphinx")
    if found is None or found.origin is None:
        pytest.skip("pocketsphinx is not installed")
    path = Path(found.origin).parent / "model" / "en-us" / "cmudict-en-us.dict"
    dictionary: dict[str, list[list[str]]] = {}
    for line in path.read_text(errors="replace").splitlines():
        word, *sounds = line.split()
        dictionary.setdefault(re.sub(r"\(\d+\)$", "", word), []).append(sounds)
    return dictionary


def edit_distance(first: list[str], second: list[str]) -> int:
    row = list(range(len(second) + 1))
    for i, left in enumerate(first, 1):
        above, row = row, [i]
        for j, right in enumerate(second, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (left != right)))
    return row[-1]


def test_the_recogniser_knows_every_code_word(phones):
    assert [word for word in CODE_WORDS if word not in phones] == []


def test_no_two_code_words_sound_alike(phones):
    alike = [
        (one, other)
        for one, other in combinations(CODE_WORDS, 2)
        if min(edit_distance(a, b) for a in phones[one] for b in phones[other]) < 4
    ]
    assert alike == []


def test_the_measure_would_catch_a_confusable_pair(phones):
    assert edit_distance(phones["meadow"][0], phones["metal"][0]) < 4


def test_there_are_enough_orders_of_words_that_none_is_guessed():
    choices = 1
    for taken in range(WORDS_PER_CHALLENGE):
        choices *= len(set(CODE_WORDS)) - taken
    assert choices > 10**7
