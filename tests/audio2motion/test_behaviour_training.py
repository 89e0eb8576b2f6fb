"""Training of the generators, at tiny size: what it writes is what run time reads."""

import numpy as np
import pytest

import weights
from audio2motion.behaviour.curves import CONDITIONS, CURVES
from audio2motion.behaviour.diffusion import Sampler

torch = pytest.importorskip("torch")

from audio2motion.training import behaviour_diffusion, behaviour_vae  # noqa: E402
from audio2motion.training.behaviour_data import Readings  # noqa: E402


@pytest.fixture(scope="module")
def readings() -> Readings:
    """Heads that follow the loudness."""
    rng = np.random.default_rng(0)
    heard = rng.uniform(0, 1, (40, 75, len(CONDITIONS))).astype(np.float32)
    heard[..., 0] = 0.5 + 0.5 * np.sin(np.arange(75) / 5 + rng.uniform(0, 6, (40, 1)))
    curves = rng.normal(0, 0.2, (40, 75, len(CURVES)))
    curves[..., 0] += 2 * heard[..., 0] - 1
    return Readings(curves.astype(np.float32), heard)


def test_a_variational_decoder_has_the_arrays_that_ship(readings, monkeypatch):
    monkeypatch.setattr(behaviour_vae, "STEPS", 4)
    model = behaviour_vae.train(readings, seed=0)
    arrays = behaviour_vae.export(model, readings, seed=0)
    shipped = weights.open_arrays("behaviour-vae")
    assert {name: value.shape for name, value in arrays.items()} == {
        name: value.shape for name, value in shipped.items()
    }
    assert all(np.isfinite(value).all() for value in arrays.values())


def test_a_denoiser_learns_to_follow_the_voice(readings, monkeypatch):
    monkeypatch.setattr(behaviour_diffusion, "UPDATES", 200)
    monkeypatch.setattr(behaviour_diffusion, "BATCH", 64)
    monkeypatch.setattr(behaviour_diffusion, "RATE", 3e-3)
    monkeypatch.setattr(behaviour_diffusion, "DECAY", 0.9)
    model, spread = behaviour_diffusion.train(readings, seed=0)
    arrays = behaviour_diffusion.arrays_of(model, spread)
    shipped = weights.open_arrays("behaviour-diffusion")
    assert {name: value.shape for name, value in arrays.items()} == {
        name: value.shape for name, value in shipped.items() if name != "factor"
    }
    sampler = Sampler(arrays, np.random.default_rng(0))
    voices = readings.heard[:10].reshape(-1, len(CONDITIONS))
    drawn = np.array([sampler.next(voice.tolist()) for voice in voices])
    assert np.corrcoef(drawn[:, 0], voices[:, 0])[0, 1] > 0.12
