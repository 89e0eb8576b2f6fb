from fractions import Fraction

import numpy as np
import pytest

from audio2motion.behaviour import (
    GENERATORS,
    BehaviourFrames,
    Emotion,
    Gesture,
    Manner,
    ProsodyFrames,
    behave,
    open_behaviour,
)
from audio2motion.behaviour.emotion import EMOTIONS
from audio2motion.behaviour.frames import LOOK_AHEAD_S
from audio2motion.behaviour.gestures import MOVEMENTS
from audio2motion.errors import MannerError
from audio2motion.gains import Gains
from capture.arkit import ARKIT_52, ARKIT_INDEX

FPS = Fraction(25)
LID = ARKIT_INDEX["eyeBlinkLeft"]
FIELDS = ("angles", "rotation", "translation", "face", "mouth")


def talk(seconds: float, *, pause_every_s: float = 4.0) -> ProsodyFrames:
    """Syllables of changing loudness and pitch, with pauses."""
    times = np.arange(round(100 * seconds)) / 100
    level = 0.6 + 0.5 * np.sin(2 * np.pi * 3.7 * times) * np.sin(2 * np.pi * 0.9 * times)
    level = level.clip(0, 1.2) * (times % pause_every_s < 0.75 * pause_every_s)
    pitch = np.where(level > 0.25, 120 * 2 ** (0.3 * np.sin(2 * np.pi * 0.7 * times)), np.nan)
    return ProsodyFrames(level.astype(np.float32), pitch.astype(np.float32))


def move(prosody: ProsodyFrames, *, fps: Fraction = FPS, seed: int = 0, **options):
    frames = int(len(prosody) / 100 * fps)
    return behave(prosody, fps=fps, frames=frames, seed=seed, **options)


def degrees(frames: BehaviourFrames) -> np.ndarray:
    return np.degrees(frames.angles)


def blinks(frames: BehaviourFrames) -> np.ndarray:
    """Frames on which a blink begins."""
    shut = np.concatenate([[False], frames.face[:, LID] > 0.6])
    return np.flatnonzero(shut[1:] & ~shut[:-1])


def assert_same(a: BehaviourFrames, b: BehaviourFrames) -> None:
    for field in FIELDS:
        np.testing.assert_array_equal(getattr(a, field), getattr(b, field))


@pytest.mark.parametrize("generator", GENERATORS)
@pytest.mark.parametrize("fps", [Fraction(25), Fraction(30000, 1001), Fraction(12)])
def test_cutting_the_prosody_changes_no_bit_and_delays_no_frame(fps, generator):
    prosody, manner = talk(12), Manner(generator=generator)
    whole = move(prosody, fps=fps, manner=manner)
    rng = np.random.default_rng(1)
    behaviour, pieces, start, made = open_behaviour(fps, seed=0, manner=manner), [], 0, 0
    while start < len(prosody):
        stop = min(start + int(rng.integers(1, 30)), len(prosody))
        piece = ProsodyFrames(prosody.level[start:stop], prosody.pitch[start:stop])
        pieces.append(behaviour.advance(piece))
        start, made = stop, made + len(pieces[-1])
        assert made / float(fps) >= (start - 1) / 100 - LOOK_AHEAD_S - 1e-9
    pieces.append(behaviour.finish(len(whole)))
    assert_same(BehaviourFrames.joined(pieces), whole)


@pytest.mark.parametrize("generator", GENERATORS)
def test_one_seed_repeats_and_two_seeds_differ(generator):
    manner = Manner(generator=generator)
    same, again, other = (move(talk(8), seed=seed, manner=manner) for seed in (3, 3, 4))
    assert_same(same, again)
    assert np.abs(degrees(same) - degrees(other)).max() > 1


@pytest.mark.parametrize("generator", GENERATORS)
def test_ten_minutes_do_not_drift(generator):
    frames = move(talk(600), manner=Manner(generator=generator), seed=1)
    thirds = degrees(frames).reshape(3, -1, 3)
    assert np.abs(thirds.mean(axis=1)).max() < 1.8
    assert np.abs(thirds).max() < 25


def test_the_future_beyond_the_look_ahead_changes_nothing():
    prosody = talk(8)
    other = ProsodyFrames(prosody.level.copy(), prosody.pitch.copy())
    other.level[520:] = 0
    a, b = move(prosody), move(other)
    np.testing.assert_array_equal(a.face[:125], b.face[:125])
    assert np.abs(a.angles[140:] - b.angles[140:]).max() > 0


def test_the_head_is_calmer_in_silence_but_not_frozen():
    talking, silent = move(talk(60)), move(ProsodyFrames.silence(6000))
    fast, slow = (np.abs(np.diff(degrees(one), axis=0)).mean() for one in (talking, silent))
    assert 0.05 * fast < slow < 0.5 * fast


@pytest.mark.parametrize("fps", [15, 24, 25, 30, 60])
def test_every_blink_shuts_both_lids_on_a_frame(fps):
    frames = move(talk(120), fps=Fraction(fps))
    starts = blinks(frames)
    assert len(starts) > 15
    for side in ("Left", "Right"):
        lid = frames.face[:, ARKIT_INDEX[f"eyeBlink{side}"]]
        assert all(lid[start : start + fps // 4 + 1].max() >= 0.9 for start in starts[:-1])


def test_people_blink_about_twenty_times_a_minute_and_each_at_their_own_rate():
    counts = [len(blinks(move(talk(60), seed=seed))) for seed in range(8)]
    assert 15 < np.mean(counts) < 28
    assert np.std(counts) > 2


def test_blinks_gather_at_phrase_ends():
    ends = np.arange(3, 200, 4.0)
    times = blinks(move(talk(200))) / 25
    near = np.abs(times[:, None] - ends).min(axis=1) < 0.3
    assert near.mean() > 2 * 0.6 / 4


def test_gains_are_apart_from_each_other():
    prosody = talk(40)
    natural = move(prosody)
    still = move(prosody, gains=Gains(head=0))
    np.testing.assert_array_equal(blinks(still), blinks(natural))
    assert np.abs(degrees(still)).max() < 0.5  # breath
    assert np.ptp(still.translation[:, 1]) > 0.001
    sleepless = move(prosody, gains=Gains(blink_rate=0))
    assert not len(blinks(sleepless))
    np.testing.assert_array_equal(sleepless.angles, natural.angles)
    brows = [ARKIT_INDEX[name] for name in ("browInnerUp", "browOuterUpLeft", "browDownLeft")]
    assert natural.face[:, brows].max() > 0.1
    assert not move(prosody, gains=Gains(upper_face=0)).face[:, brows].any()
    often = move(prosody, gains=Gains(blink_rate=2))
    assert len(blinks(often)) > 1.4 * len(blinks(natural))


def test_eyes_turn_against_the_head():
    frames = move(talk(30), gains=Gains(gaze=0))
    left = (
        frames.face[:, ARKIT_INDEX["eyeLookOutLeft"]] - frames.face[:, ARKIT_INDEX["eyeLookInLeft"]]
    )
    np.testing.assert_allclose(left, -degrees(frames)[:, 1] / 30, atol=1e-5)


def test_the_behaviour_leaves_the_mouth_to_speech():
    frames = move(talk(10))
    mouth = [i for i, name in enumerate(ARKIT_52) if name.startswith(("mouth", "jaw"))]
    assert not frames.face[:, mouth].any()
    assert not frames.mouth.any()


@pytest.mark.parametrize("name", EMOTIONS)
def test_every_emotion_keeps_eyes_open_and_faces_even(name):
    frames = move(talk(20), manner=Manner(emotion=Emotion(name, 1.0)))
    assert frames.face.min() >= 0
    assert frames.face.max() <= 1
    assert np.median(frames.face[:, LID]) < 0.25
    for action in ("browDown", "browOuterUp", "eyeSquint", "eyeBlink", "eyeWide"):
        sides = frames.face[:, [ARKIT_INDEX[f"{action}{side}"] for side in ("Left", "Right")]]
        np.testing.assert_allclose(sides[:, 0], sides[:, 1], atol=1e-6)


def test_emotions_show_and_grow_with_their_strength():
    smile = ARKIT_INDEX["mouthSmileLeft"]
    weak, strong = (
        move(talk(5), manner=Manner(emotion=Emotion("happy", strength))) for strength in (0.3, 0.9)
    )
    assert 0.1 < weak.mouth[:, smile].mean() < 0.4 * strong.mouth[:, smile].mean()
    sad = move(talk(60), manner=Manner(emotion=Emotion("sad", 1)))
    happy = move(talk(60), manner=Manner(emotion=Emotion("happy", 1)))
    speed = [np.abs(np.diff(degrees(one), axis=0)).mean() for one in (sad, happy)]
    assert speed[0] < 0.7 * speed[1]


def test_moods_change_smoothly():
    manner = Manner(moods=((2.0, Emotion("happy", 1.0)),))
    smile = move(talk(5), manner=manner).mouth[:, ARKIT_INDEX["mouthSmileLeft"]]
    assert not smile[:50].any()
    assert smile[-1] > 0.3
    assert np.abs(np.diff(smile)).max() < 0.08


@pytest.mark.parametrize("text", ["joyful", "happy:2", "happy:x", "sad:nan"])
def test_an_unknown_emotion_is_an_error(text):
    with pytest.raises(MannerError):
        Emotion.parse(text)


@pytest.mark.parametrize("name", MOVEMENTS)
def test_a_gesture_adds_something_while_it_lasts_and_nothing_after(name):
    gesture = Gesture(name, 1.0)
    manner = Manner(gestures=(gesture,))
    plain, shown = move(talk(6)), move(talk(6), manner=manner)
    first, last = 25, int(gesture.end_s * 25) + 2
    total = sum(
        np.abs(getattr(shown, f) - getattr(plain, f)).sum(axis=1) for f in ("face", "mouth")
    )
    total += np.abs(degrees(shown) - degrees(plain)).sum(axis=1)
    assert total[first:last].max() > 0.05
    assert total[:first].max() < 1e-6
    assert total[last:].max() < 1e-6


def test_a_look_left_is_the_pictures_left():
    frames = move(talk(4), manner=Manner(gestures=(Gesture("look left", 1.0, duration_s=2),)))
    eyes = (
        frames.face[50, ARKIT_INDEX["eyeLookInLeft"]]
        - frames.face[50, ARKIT_INDEX["eyeLookOutLeft"]]
    )
    assert -30 * eyes + degrees(frames)[50, 1] == pytest.approx(-16, abs=0.1)
    assert degrees(frames)[50, 1] < degrees(move(talk(4)))[50, 1] - 3


def test_an_unknown_gesture_is_an_error():
    with pytest.raises(MannerError, match="wave"):
        Gesture("wave", 0.0)
