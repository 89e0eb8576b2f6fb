from fractions import Fraction

import numpy as np

from capture.arkit import ARKIT_52, ARKIT_INDEX
from synthetic.acting import (
    EXPRESSIONS,
    blink_now_and_then,
    express,
    mouth_columns,
    single_actions,
    spelled,
)
from synthetic.performance import Score
from synthetic.sets.driving import LARGEST_DEGREES, drive
from synthetic.sets.training import scattered


def test_expressions_are_spelled_in_arkits_names():
    for expression in EXPRESSIONS.values():
        assert set(spelled(expression)) <= set(ARKIT_52)
    assert spelled({"eyeBlink": 1, "jawOpen": 0.2}) == {
        "eyeBlinkLeft": 1, "eyeBlinkRight": 1, "jawOpen": 0.2,
    }  # fmt: skip


def test_every_action_has_a_turn_alone():
    assert [next(reversed(action)) for action in single_actions()] == list(ARKIT_52)


def test_driving_clips_together_show_every_action_at_its_strongest():
    strongest = np.zeros(len(ARKIT_52))
    for number in range(8):
        performance, _ = drive(np.random.default_rng(number), seconds=12, number=number)
        strongest = np.maximum(strongest, performance.coefficients.max(axis=0))
    assert strongest.min() > 0.95


def test_driving_turns_the_head_far_and_within_limits():
    degrees = np.concatenate([
        np.rad2deg(drive(np.random.default_rng(seed), seconds=10)[0].rotation) for seed in range(6)
    ])  # fmt: skip
    reach = np.abs(degrees).max(axis=0)
    assert (reach < np.array(LARGEST_DEGREES) + 3).all()
    assert (reach > 0.6 * np.array(LARGEST_DEGREES)).all()


def test_beats_name_what_is_shown_when():
    performance, beats = drive(np.random.default_rng(1), seconds=8, number=3)
    for beat in beats[::2]:
        frame = round(25 * (beat["start_s"] + beat["stop_s"]) / 2)
        assert performance.coefficients[frame, ARKIT_INDEX[beat["name"]]] > 0.9


def test_an_expression_comes_and_goes():
    score = Score(50, Fraction(25))
    express(score, EXPRESSIONS["smile"], 0.5, 1.5)
    smile = score.coefficients[:, ARKIT_INDEX["mouthSmileLeft"]]
    assert smile[0] == 0 and smile[-1] == 0
    assert np.isclose(smile[25], 0.70)


def test_people_blink_as_often_as_they_do():
    count = 0
    for seed in range(6):
        score = Score(25 * 60, Fraction(25))
        blink_now_and_then(score, np.random.default_rng(seed))
        shut = score.coefficients[:, ARKIT_INDEX["eyeBlinkLeft"]] > 0.5
        count += int((np.diff(shut.astype(int)) == 1).sum())
    assert 14 < count / 6 < 28


def test_training_frames_are_varied_and_valid():
    performance = scattered(np.random.default_rng(0), 300)
    assert performance.coefficients.min() >= 0 and performance.coefficients.max() <= 1
    assert (performance.coefficients[:, mouth_columns()].max(axis=0) > 0.3).all()
    assert np.rad2deg(np.abs(performance.rotation[:, 1])).max() > 30
