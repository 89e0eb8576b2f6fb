"""What enrolment footage tells about a person's way of talking."""

from fractions import Fraction

import numpy as np
import pytest

from avatar.habits import Habits, measure_habits
from capture.arkit import ARKIT_52, ARKIT_INDEX
from capture.motion import MotionSequence

RATE = 25


def talk(
    seconds: float, *, jaw: float = 0.3, yaw_degrees: float = 4.0, blinks: float = 21.0
) -> MotionSequence:
    """Somebody who opens and closes the mouth, shakes the head slowly and blinks regularly."""
    times = np.arange(round(seconds * RATE)) / RATE
    faces = np.zeros((len(times), len(ARKIT_52)), np.float32)
    faces[:, ARKIT_INDEX["jawOpen"]] = jaw * (0.5 + 0.5 * np.sin(2 * np.pi * 3 * times))
    shut = (times * blinks / 60) % 1 < 0.2 * blinks / 60
    faces[:, ARKIT_INDEX["eyeBlinkLeft"]] = faces[:, ARKIT_INDEX["eyeBlinkRight"]] = 0.9 * shut
    half = np.radians(yaw_degrees * np.sin(2 * np.pi * 0.5 * times)) / 2
    rotation = np.zeros((len(times), 4), np.float32)
    rotation[:, 1], rotation[:, 3] = np.sin(half), np.cos(half)
    return MotionSequence(
        fps=Fraction(RATE),
        blendshapes=faces,
        head_rotation=rotation,
        head_translation=np.zeros((len(times), 3), np.float32),
    )


def test_who_opens_the_mouth_wide_does_so_afterwards():
    small, wide = measure_habits(talk(30, jaw=0.15)), measure_habits(talk(30, jaw=0.6))
    assert small.mouth < 0.8 < 1.2 < wide.mouth


def test_a_calm_head_stays_calm():
    calm, lively = (measure_habits(talk(40, yaw_degrees=d)) for d in (1.5, 14.0))
    assert calm.head < 0.7
    assert lively.head > 1.2


def test_blinks_are_counted():
    rare, often = (measure_habits(talk(60, blinks=rate)) for rate in (5, 50))
    assert rare.blinks < 0.75 < 1.4 < often.blinks


def test_short_footage_says_less_than_long():
    short, long = measure_habits(talk(8, jaw=0.38)), measure_habits(talk(60, jaw=0.38))
    assert 1 < short.mouth < long.mouth


def test_the_head_turns_that_enrolment_asks_for_are_no_habit():
    assert measure_habits(talk(30, yaw_degrees=40)).head == 1


@pytest.mark.parametrize("motion", [talk(1), talk(20, jaw=0.0)], ids=["short", "silent"])
def test_footage_without_talk_tells_nothing(motion):
    habits = measure_habits(motion)
    assert (habits.mouth, habits.head, habits.tempo, habits.blinks) == (1, 1, 1, 1)


def test_habits_come_back_from_an_archive():
    habits = Habits(mouth=1.2, head=0.8, tempo=1.1, blinks=0.7, seconds=12.0)
    assert Habits.from_arrays(habits.to_arrays()) == habits
    assert Habits.from_arrays({}) is None
