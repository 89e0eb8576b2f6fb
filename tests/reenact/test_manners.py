"""Gains, manner and habits before motion is made."""

from audio2motion.behaviour import Emotion, Gesture, Manner
from audio2motion.gains import Gains
from avatar.habits import Habits
from reenact.controls import Controls
from reenact.manners import as_person, held_still, manner_record


def test_a_still_head_is_held_by_the_motion_itself_so_that_it_goes_on_breathing() -> None:
    gains, applied = held_still(Gains(blink_rate=2), Controls(still=True, pose=0.5))
    assert (gains.head, gains.blink_rate) == (0, 2)
    assert not applied.still and applied.pose == 0.5
    assert held_still(Gains(), Controls()) == (Gains(), Controls())


def test_a_person_s_habits_scale_what_is_asked_for() -> None:
    habits = Habits(mouth=1.21, head=0.5, tempo=1.2, blinks=0.5, seconds=60)
    gains, manner = as_person(Gains(jaw=2, head=0), Manner(tempo=0.5), habits)
    assert gains.jaw == 2.42
    assert abs(gains.mouth - 1.1) < 1e-9
    assert (gains.head, gains.blink_rate, gains.gaze) == (0, 0.5, 1)
    assert manner.tempo == 0.6


def test_habits_never_leave_the_range_of_gains() -> None:
    assert as_person(Gains(jaw=3), Manner(), Habits(mouth=1.35))[0].jaw == 3


def test_without_habits_everything_stays_as_asked_for() -> None:
    assert as_person(Gains(), Manner(), None) == (Gains(), Manner())


def test_the_proof_names_mood_and_gestures() -> None:
    manner = Manner(
        emotion=Emotion("sad", 0.5),
        moods=((2.0, Emotion("happy", 1.0)),),
        gestures=(Gesture("nod", 1.5),),
    )
    record = manner_record(Gains(head=0.5), manner)
    assert record["emotion"] == "sad:0.5"
    assert record["moods"] == "2 s happy:1"
    assert record["gestures"] == "1.5 s nod"
    assert record["head_gain"] == 0.5
