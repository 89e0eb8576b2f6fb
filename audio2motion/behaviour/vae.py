"""A conditional variational autoencoder of how one reader moves (Kingma and Welling 2014).

A recurrent decoder turns what it hears and a latent that changes five times a second into curves.
It never reads its own output, so it cannot run away; the latent follows the autoregressive prior
that was fitted to what the encoder found. Training: `audio2motion.training.behaviour_vae`.
"""

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

import weights
from audio2motion.behaviour.curves import CURVES, Scaled, conditions
from audio2motion.behaviour.emotion import Mood
from audio2motion.behaviour.generator import Slow
from audio2motion.behaviour.hearing import Heard

WEIGHTS: Final = "behaviour-vae"
CHUNK: Final = 5
"""Ticks that share a latent."""


class Vae:
    """Implements `audio2motion.behaviour.generator.Generator`."""

    nods = True

    def __init__(self, rng: np.random.Generator) -> None:
        self._model = {name: value.astype(np.float32) for name, value in _arrays().items()}
        self._rng, self._scaled = rng, Scaled(rng)
        self._hidden = np.zeros(self._model["hidden_weight"].shape[1], np.float32)
        self._latent = rng.standard_normal(len(self._model["prior_keep"]))
        self._ticks = 0

    def step(self, heard: Heard, mood: Mood, tempo: float) -> Slow:
        """See `audio2motion.behaviour.generator.Generator`."""
        model = self._model
        if self._ticks % CHUNK == 0:
            keep = model["prior_keep"]
            fresh = self._rng.standard_normal(len(keep))
            self._latent = keep * self._latent + np.sqrt(1 - keep**2) * fresh
        self._ticks += 1
        latent = model["prior_mean"] + model["prior_spread"] * self._latent
        seen = np.concatenate([np.array(conditions(heard)), latent]).astype(np.float32)
        self._hidden = _gru(model, seen, self._hidden)
        curves = model["out_weight"] @ self._hidden + model["out_bias"]
        curves = (curves - model["made_mean"]) * model["made_factor"]
        return self._scaled.slow(np.clip(curves, -3.5, 3.5), heard, mood, tempo)


def _gru(
    model: dict[str, NDArray[np.float32]], seen: NDArray[np.float32], hidden: NDArray[np.float32]
) -> NDArray[np.float32]:
    """One step of a gated recurrent unit, in PyTorch's order of gates: reset, update, new."""
    given = model["input_weight"] @ seen + model["input_bias"]
    kept = model["hidden_weight"] @ hidden + model["hidden_bias"]
    size = len(hidden)
    gates = 1 / (1 + np.exp(-(given[: 2 * size] + kept[: 2 * size])))
    new = np.tanh(given[2 * size :] + gates[:size] * kept[2 * size :])
    update = gates[size:]
    return np.asarray((1 - update) * new + update * hidden, np.float32)


def _arrays() -> dict[str, NDArray[Any]]:
    arrays = weights.open_arrays(WEIGHTS)
    if len(arrays["out_bias"]) != len(CURVES) or not math.isfinite(arrays["out_bias"].sum()):
        raise ValueError(f"{WEIGHTS}: want {len(CURVES)} curves, got {arrays['out_bias'].shape}")
    return arrays
