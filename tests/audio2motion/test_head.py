from fractions import Fraction

import numpy as np
import pytest

from audio2motion.head import head_motion
from audio2motion.prosody import Prosody
from capture.head_pose import to_matrices

FPS = Fraction(25)


def prosody(seconds: int, *, level: float, accents: list[tuple[float, float]] = ()) -> Prosody:
    frames = 100 * seconds + 1
    return Prosody(
        activity=np.full(frames, float(level > 0), np.float32),
        level=np.full(frames, level, np.float32),
        pitch=np.full(frames, np.nan, np.float32),
        accents=np.array(accents, np.float64).reshape(-1, 2),
        phrase_ends=np.zeros(0),
    )


def move(seconds: int, *, seed: int = 0, gain: float = 1.0, **kwargs):
    spoken = prosody(seconds, **kwargs)
    rng = np.random.default_rng(seed)
    return head_motion(spoken, fps=FPS, frames=25 * seconds, gain=gain, rng=rng)


def test_the_head_moves_as_much_and_as_fast_as_people_do():
    spreads, speeds = [], []
    for seed in range(20):
        _, _, angles = move(60, level=0.6, seed=seed)
        degrees = np.degrees(angles)
        spreads.append(degrees.std(axis=0))
        speeds.append(np.abs(np.diff(degrees, axis=0)).mean(axis=0) * 25)
    assert (np.mean(spreads, axis=0) > 1.5).all()
    assert (np.mean(spreads, axis=0) < 5).all()
    assert (np.mean(speeds, axis=0) > 2).all()
    assert (np.mean(speeds, axis=0) < 12).all()


def test_ten_minutes_do_not_drift():
    _, _, angles = move(600, level=0.6)
    thirds = np.degrees(angles).reshape(3, -1, 3)
    assert np.abs(thirds.mean(axis=1)).max() < 1.5
    assert np.abs(np.degrees(angles)).max() < 20


def test_the_head_is_calmer_in_silence_but_not_frozen():
    _, _, talking = move(60, level=0.7)
    _, _, silent = move(60, level=0.0)
    talking_speed, silent_speed = (np.abs(np.diff(a, axis=0)).mean() for a in (talking, silent))
    assert 0 < silent_speed < 0.4 * talking_speed


def test_accents_nod_the_chin_down_on_the_syllable():
    times = np.arange(1, 58, 1.5)
    _, _, nodding = move(60, level=0.6, accents=[(t, 1.0) for t in times])
    _, _, plain = move(60, level=0.6)
    nods = np.degrees(nodding[:, 0] - plain[:, 0])
    assert nods.min() >= -1e-6
    on, between = nods[(times * 25).astype(int)], nods[((times + 0.75) * 25).astype(int) - 1]
    assert on.mean() > 1.5
    assert between.mean() < 0.3 * on.mean()


def test_quaternions_turn_the_face_as_the_angles_say():
    rotation, _, angles = move(20, level=0.6, seed=3)
    matrices = to_matrices(rotation)
    face = matrices[:, :, 2]  # where +Z, out of the face, goes
    yaw = np.arctan2(face[:, 0], face[:, 2])
    pitch = np.arcsin(-face[:, 1])
    np.testing.assert_allclose(yaw, angles[:, 1], atol=1e-4)
    np.testing.assert_allclose(pitch, angles[:, 0], atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(rotation, axis=1), 1, atol=1e-5)


def test_a_gain_of_zero_holds_the_head_still():
    rotation, translation, _ = move(10, level=0.6, gain=0, accents=[(2.0, 1.0)])
    np.testing.assert_allclose(rotation, [[0, 0, 0, 1]] * 250, atol=1e-7)
    np.testing.assert_allclose(translation, 0, atol=1e-7)


def test_the_head_turns_about_the_neck():
    _, translation, angles = move(60, level=0.6)
    assert np.corrcoef(np.sin(angles[:, 1]), translation[:, 0])[0, 1] > 0.5
    assert np.abs(translation).max() < 0.04


@pytest.mark.parametrize("seed", [1, 2])
def test_seeds_repeat_and_differ(seed):
    same, again, other = (move(5, level=0.5, seed=s)[0] for s in (seed, seed, seed + 1))
    np.testing.assert_array_equal(same, again)
    assert np.abs(same - other).max() > 1e-3
