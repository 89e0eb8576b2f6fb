from fractions import Fraction

import numpy as np
import pytest

from audio2motion.decoder import LOOK_AHEAD, Decoder, MouthFrames, Postures
from audio2motion.gains import NATURAL, Gains
from capture.arkit import ARKIT_52, ARKIT_INDEX

NAMES = ("jawOpen", "mouthClose", "mouthPucker", "mouthSmileLeft", "mouthSmileRight")
POSTURES = Postures(
    names=NAMES,
    rest=np.array([0.02, 0.01, 0.01, 0, 0], np.float32),
    closed=np.array([0.04, 0.04, 0.06, 0, 0], np.float32),
    labiodental=np.array([0.1, 0.04, 0.01, 0, 0], np.float32),
)
RATES = (Fraction(12), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(60))


def spoken(frames, *, pressed=(), teeth=(), silent=()):
    """An open mouth that speaks, but for (start, stop) frames of contacts and silence."""
    curves = np.tile(np.array([0.5, 0.0, 0.3, 0, 0], np.float32), (frames, 1))
    contacts = np.zeros((frames, 2), np.float32)
    activity = np.ones(frames, np.float32)
    for column, spans in enumerate((pressed, teeth)):
        for start, stop in spans:
            contacts[start:stop, column] = 0.9
    for start, stop in silent:
        activity[start:stop] = 0
    return curves, contacts, activity


def decode(parts, *, fps=Fraction(25), frames=None, step=None, gains=NATURAL):
    decoder = Decoder(POSTURES, fps=fps, gains=gains)
    count = len(parts[0])
    step = step or count
    pieces = [decoder.push(*(p[i : i + step] for p in parts)) for i in range(0, count, step)]
    frames = int(count * fps / 100) if frames is None else frames
    return MouthFrames.joined([*pieces, decoder.finish(frames)])


def shown(mouth, name, added=None):
    return mouth.coefficients(POSTURES, added)[:, ARKIT_INDEX[name]]


@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize("start", [50, 51, 52, 53, 54])
@pytest.mark.parametrize("length", [1, 6])
def test_lips_close_fully_on_every_contact_at_any_rate(fps, start, length):
    mouth = decode(spoken(120, pressed=[(start, start + length)]), fps=fps)
    near = slice(int((start - 4) * fps / 100), int((start + length + 5) * fps / 100) + 1)
    assert mouth.pressed[near].max() == 1
    assert shown(mouth, "jawOpen")[near].min() == pytest.approx(0.04, abs=1e-6)


@pytest.mark.parametrize("fps", RATES)
def test_lips_open_again_between_contacts_and_stay_open_elsewhere(fps):
    mouth = decode(spoken(200, pressed=[(50, 56), (90, 96)]), fps=fps)
    assert mouth.pressed[int(73 * fps / 100)] == 0
    assert (mouth.pressed[int(115 * fps / 100) :] == 0).all()
    assert (mouth.pressed[: int(38 * fps / 100)] == 0).all()


def test_the_lower_lip_reaches_the_teeth_without_closing_the_mouth():
    mouth = decode(spoken(120, teeth=[(50, 58)]))
    assert mouth.labiodental[13] == 1
    assert shown(mouth, "jawOpen")[13] == pytest.approx(0.2 * 0.5 + 0.8 * 0.1, abs=1e-3)


def test_doubtful_contacts_are_left_out():
    curves, contacts, activity = spoken(120)
    contacts[50:60, 0] = 0.04
    assert decode((curves, contacts, activity)).pressed.max() == 0


def test_in_silence_the_mouth_rests_within_300_milliseconds():
    jaw = shown(decode(spoken(300, silent=[(100, 200)])), "jawOpen")
    np.testing.assert_allclose(jaw[25 + 8 : 50 - 2], 0.02, atol=1e-6)
    assert jaw[24] == pytest.approx(0.5)
    assert jaw[51] == pytest.approx(0.5, abs=0.02)


def test_no_contact_is_made_in_silence():
    mouth = decode(spoken(200, pressed=[(100, 110)], silent=[(60, 160)]))
    assert mouth.pressed.max() == 0


@pytest.mark.parametrize("fps", RATES)
def test_frames_never_drift(fps):
    frames = 60_000
    ramp = np.linspace(0, 1, frames, dtype=np.float32)
    curves = np.zeros((frames, len(NAMES)), np.float32)
    curves[:, 2] = ramp
    mouth = decode(
        (curves, np.zeros((frames, 2), np.float32), np.ones(frames, np.float32)), fps=fps, step=1000
    )
    count = int(frames * fps / 100)
    assert len(mouth) == count
    expected = np.arange(count) * float(100 / fps) / (frames - 1)
    np.testing.assert_allclose(mouth.speech[10:-10, 2], expected[10:-10], atol=1e-5)


@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize("step", [1, 2, 5, 13])
def test_the_bits_do_not_depend_on_how_frames_are_cut(fps, step):
    rng = np.random.default_rng(0)
    parts = (
        rng.uniform(0, 1, (150, len(NAMES))).astype(np.float32),
        rng.uniform(0, 0.6, (150, 2)).astype(np.float32),
        rng.uniform(0.2, 1, 150).astype(np.float32),
    )
    whole, pieces = (decode(parts, fps=fps, step=s) for s in (None, step))
    for name in ("speech", "pressed", "labiodental"):
        np.testing.assert_array_equal(getattr(pieces, name), getattr(whole, name))


@pytest.mark.parametrize("fps", RATES)
def test_a_frame_waits_for_60_milliseconds_at_most(fps):
    decoder = Decoder(POSTURES, fps=fps, gains=NATURAL)
    parts = spoken(100)
    given = 0
    for i in range(100):
        given += len(decoder.push(*(p[i : i + 1] for p in parts)))
        assert i + 1 - given * 100 / fps <= LOOK_AHEAD


def test_the_last_moment_is_held_where_more_frames_are_wanted():
    jaw = shown(decode(spoken(100), frames=40), "jawOpen")
    assert len(jaw) == 40
    np.testing.assert_allclose(jaw[20:], 0.5, atol=1e-6)
    assert len(decode(spoken(1), frames=1)) == 1


def test_gains_scale_jaw_and_lips_apart_and_leave_closures_closed():
    parts = spoken(120, pressed=[(50, 56)])
    wide, still = decode(parts, gains=Gains(jaw=1.5)), decode(parts, gains=Gains(mouth=0))
    assert shown(wide, "jawOpen")[2] == pytest.approx(0.02 + 1.5 * 0.48)
    assert shown(wide, "mouthPucker")[2] == pytest.approx(0.3)
    assert shown(wide, "jawOpen").min() == pytest.approx(0.04)
    assert shown(still, "mouthPucker")[2] == pytest.approx(0.01)
    assert shown(still, "jawOpen")[2] == pytest.approx(0.5)


def test_a_smile_stays_in_a_closure_and_cannot_open_it():
    mouth = decode(spoken(120, pressed=[(50, 56)]))
    added = np.zeros((len(mouth), len(ARKIT_52)), np.float32)
    added[:, ARKIT_INDEX["mouthSmileLeft"]] = 0.5
    added[:, ARKIT_INDEX["jawOpen"]] = 0.2
    np.testing.assert_allclose(shown(mouth, "mouthSmileLeft", added), 0.5, atol=1e-6)
    jaw = shown(mouth, "jawOpen", added)
    assert jaw[2] == pytest.approx(0.7)
    assert jaw[13] == pytest.approx(0.04)


def test_the_lips_never_close_further_than_the_jaw_opens():
    curves, contacts, activity = spoken(60)
    curves[:, 0], curves[:, 1] = 0.1, 0.4
    mouth = decode((curves, contacts, activity))
    np.testing.assert_allclose(shown(mouth, "mouthClose"), shown(mouth, "jawOpen"), atol=1e-6)
