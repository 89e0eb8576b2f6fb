"""Order and completeness of words that were heard."""

import pytest

from capture.evidence.sequences import in_this_order, longest_common

CODE = ("bamboo", "volcano", "penguin", "violin")


@pytest.mark.parametrize(
    ("heard", "matched"),
    [
        ("bamboo volcano penguin violin", 4),
        ("tomato bamboo volcano penguin violin zebra", 4),
        ("bamboo volcano volcano penguin violin", 4),
        ("bamboo volcano bamboo volcano penguin violin", 4),
        ("bamboo penguin violin", 3),
        ("bamboo volcano zebra penguin violin", 2),
        ("violin penguin volcano bamboo", 1),
        ("volcano bamboo penguin violin", 3),
        ("zebra tomato", 0),
        ("", 0),
    ],
)
def test_words_count_in_order_and_without_others_in_between(heard: str, matched: int) -> None:
    assert len(in_this_order(heard.split(), CODE)) == matched


def test_indices_point_at_the_last_complete_attempt() -> None:
    heard = "bamboo volcano bamboo volcano penguin violin".split()
    assert in_this_order(heard, CODE) == (2, 3, 4, 5)


def test_longest_common_sequence_allows_gaps_but_keeps_order() -> None:
    assert longest_common("a x b y c".split(), "a b c".split()) == 3
    assert longest_common("c b a".split(), "a b c".split()) == 1
    assert longest_common([], ["a"]) == 0
