"""A small diffusion sampler over motion curves (Ho et al. 2020; Song et al. 2021).

Every 160 ms a block of four ticks is drawn: from noise, in a few steps, given the 0.64 seconds
before it and the voice up to its end. The network says what the clean block is. Training:
`audio2motion.training.behaviour_diffusion`.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

import weights
from audio2motion.behaviour.curves import CURVES, Scaled, conditions
from audio2motion.behaviour.emotion import Mood
from audio2motion.behaviour.generator import Slow
from audio2motion.behaviour.hearing import Heard

WEIGHTS: Final = "behaviour-diffusion"
BLOCK: Final = 4
"""Ticks drawn together: the voice is known this far ahead of a tick."""
PAST: Final = 16
"""Ticks of motion that are looked back at."""
HEARD_BACK: Final = (0, 1, 2, 4, 6, 9)
"""Ticks before the block whose voice is looked at."""
LAYERS: Final = 3
STEPS: Final = 10
"""Of denoising."""

_LARGEST = 4.0


class Diffusion:
    """Implements `audio2motion.behaviour.generator.Generator`."""

    nods = True

    def __init__(self, rng: np.random.Generator) -> None:
        arrays = weights.open_arrays(WEIGHTS)
        self._sampler, self._scaled = Sampler(arrays, rng), Scaled(rng)
        self._factor = arrays["factor"]

    def step(self, heard: Heard, mood: Mood, tempo: float) -> Slow:
        """See `audio2motion.behaviour.generator.Generator`."""
        curves = self._factor * self._sampler.next(conditions(heard))
        return self._scaled.slow(curves, heard, mood, tempo)


class Sampler:
    """Draws curves tick after tick, as the network has them."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]], rng: np.random.Generator) -> None:
        self._model = {name: value.astype(np.float32) for name, value in arrays.items()}
        self._rng = rng
        self._past = np.zeros((PAST, len(CURVES)), np.float32)
        self._heard: deque[Sequence[float]] = deque(maxlen=max(HEARD_BACK) + 1)
        self._block: deque[NDArray[np.float32]] = deque()

    def next(self, heard: Sequence[float]) -> NDArray[np.float32]:
        """(c,) the curves of the next tick, at which (h,) `CONDITIONS` are heard."""
        self._heard.appendleft(heard)
        if not self._block:
            drawn = self._draw()
            self._past = np.concatenate([self._past, drawn])[-PAST:]
            self._block.extend(drawn)
        return self._block.popleft()

    def _draw(self) -> NDArray[np.float32]:
        """(b, c) the next block."""
        last = len(self._heard) - 1
        voice = [self._heard[min(back, last)] for back in HEARD_BACK]
        context = np.concatenate([self._past.ravel(), np.ravel(voice)]).astype(np.float32)
        block = self._rng.standard_normal(BLOCK * len(CURVES)).astype(np.float32)
        levels = noise_levels()
        for index in range(STEPS, 0, -1):
            signal, before = levels[index], levels[index - 1]
            clean = self._denoise(block, context, index)
            rest = (block - np.sqrt(signal) * clean) / np.sqrt(1 - signal)
            # the share of fresh noise of the original sampler (eta = 1)
            fresh = np.sqrt((1 - before) / (1 - signal) * (1 - signal / before))
            noise = self._rng.standard_normal(len(block)).astype(np.float32)
            kept = np.sqrt(np.maximum(1 - before - fresh**2, 0))
            block = np.sqrt(before) * clean + kept * rest + fresh * noise
        drawn = block.reshape(BLOCK, -1) * self._model["spread"] + self._past[-1]
        return np.asarray(np.clip(drawn, -_LARGEST, _LARGEST), np.float32)

    def _denoise(
        self, block: NDArray[np.float32], context: NDArray[np.float32], index: int
    ) -> NDArray[np.float32]:
        """What the block is without its noise."""
        model = self._model
        values = np.concatenate([block, context, model["steps"][index]])
        for layer in range(LAYERS):
            values = model[f"weight_{layer}"] @ values + model[f"bias_{layer}"]
            values = values / (1 + np.exp(-values))  # SiLU
        return np.asarray(model["weight_out"] @ values + model["bias_out"], np.float32)


def noise_levels() -> NDArray[np.float32]:
    """(steps + 1,) share of signal power at each step, by the cosine schedule; 1 at step 0."""
    phase = np.arange(STEPS + 1) / STEPS
    levels = np.cos((phase + 0.008) / 1.008 * np.pi / 2) ** 2
    return np.asarray(np.clip(levels / levels[0], 1e-3, 1), np.float32)
