import numpy as np
import pytest

from audio2motion.articulation import articulate, blend, curves, load_articulation, units_of
from audio2motion.corpus import CHANNELS
from audio2motion.phonetics import SOUNDS, Segment

GAP, WIDTH = 0, 1
PUCKER = CHANNELS.index("mouthPucker")


def say(*sounds, each=0.12, lead=0.6, tail=0.8):
    """Segments of sounds one after the other, and how many frames they and the pauses take."""
    found = [
        Segment(sound, lead + i * each, lead + (i + 1) * each) for i, sound in enumerate(sounds)
    ]
    return found, round(100 * (lead + each * len(sounds) + tail))


def middle(segment):
    return round(50 * (segment.start_s + segment.stop_s))


@pytest.mark.parametrize("closed", ["P", "B", "M"])
@pytest.mark.parametrize("vowel", ["AA", "IY", "UW"])
@pytest.mark.parametrize("each", [0.05, 0.12])
def test_lips_close_in_every_bilabial_however_short(closed, vowel, each):
    segments, frames = say("S", vowel, closed, vowel, "S", each=each)
    mouth = articulate(segments, frames)
    held = mouth.contacts[:, 0] == 1
    opened = mouth.geometry[:, GAP].max()
    assert held.sum() >= 2
    assert np.all(mouth.geometry[held, GAP] < 0.05 * max(opened, 0.05))


def test_the_lip_meets_the_teeth_only_in_f_and_v():
    segments, frames = say("AA", "F", "AA", "S", "AA")
    touching = articulate(segments, frames).contacts[:, 1] == 1
    assert touching[middle(segments[1])]
    assert not touching[middle(segments[3])]


def test_rounding_begins_before_its_vowel():
    segments, frames = say("IY", "S", "T", "UW")
    pucker = curves(segments, frames)[:, PUCKER]
    start = round(100 * segments[-1].start_s)
    before = pucker[start - 6] - pucker[middle(segments[0])]
    assert before > 0.15 * (pucker.max() - pucker[middle(segments[0])])


def test_the_tongue_leaves_rounded_lips_alone():
    with_tongue, frames = say("UW", "T", "UW")
    with_lips, _ = say("UW", "IY", "UW")
    at = middle(with_tongue[1])
    kept = curves(with_tongue, frames)[at, PUCKER]
    spread = curves(with_lips, frames)[at, PUCKER]
    full = curves(with_tongue, frames)[:, PUCKER].max()
    assert kept > 0.7 * full
    assert spread < kept


def test_open_vowels_open_more_than_close_ones_and_round_ones_are_narrower():
    def at_vowel(vowel):
        segments, frames = say("S", vowel, "S", each=0.2)
        return articulate(segments, frames).geometry[middle(segments[1])]

    assert at_vowel("AA")[GAP] > at_vowel("IH")[GAP] > at_vowel("UW")[GAP]
    assert at_vowel("IY")[WIDTH] > at_vowel("UW")[WIDTH]
    assert at_vowel("EY")[WIDTH] > at_vowel("UE")[WIDTH]


def test_a_mouth_is_at_rest_well_before_and_after_speech_and_in_silence():
    segments, frames = say("AA", "M", "AA", lead=1.0, tail=1.0)
    mouth = articulate(segments, frames).curves
    rest = articulate([], 10).curves[0]
    assert np.abs(mouth[:50] - rest).max() < 1e-6
    assert np.abs(mouth[-50:] - rest).max() < 1e-6
    assert rest[CHANNELS.index("jawOpen")] < 0.05


def test_what_segments_leave_out_is_silence():
    segments, frames = say("AA", "S", "AA", lead=0.8, tail=1.0)
    explicit = [
        Segment("SIL", 0.0, 0.8),
        *segments,
        Segment("SIL", segments[-1].stop_s, frames / 100),
    ]
    np.testing.assert_allclose(
        curves(segments, frames)[60:160], curves(explicit, frames)[60:160], atol=0.02
    )


def test_motion_has_no_jumps_and_stays_within_bounds():
    rng = np.random.default_rng(0)
    sounds = [str(sound) for sound in rng.choice(SOUNDS, 60)]
    segments, frames = say(*sounds, each=0.07)
    mouth = articulate(segments, frames)
    assert mouth.curves.min() >= 0
    assert mouth.curves.max() <= 1
    assert np.abs(np.diff(mouth.curves, axis=0)).max() < 0.25
    assert np.isfinite(mouth.geometry).all()


def test_every_sound_has_a_mouth():
    model = load_articulation()
    for sound in SOUNDS:
        for unit, _, _ in units_of([Segment(sound, 0.0, 0.1)]):
            assert unit in model.units


def test_one_sound_alone_gets_the_mouth_it_wants():
    model = load_articulation()
    mouth = blend(model, [("AA", 0.0, 1.0)], 100)
    np.testing.assert_allclose(mouth[50], model.target[model.units.index("AA")], atol=2e-3)
