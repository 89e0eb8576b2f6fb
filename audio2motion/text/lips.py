"""The lips of a text: articulated from the phones that its voice tells, no recogniser between."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2motion.articulation import ArticulationModel, articulate, load_articulation
from audio2motion.decoder import Postures
from audio2motion.features import FRAME_RATE
from audio2motion.network import LipFrames
from audio2motion.phonetics import SILENCE, Segment
from audio2motion.text.saying import TimedCue
from audio2motion.text.tags import EMPHASIS

_WINDOW: Final = 500
"""Frames that are articulated together; sounds far away matter nothing."""
_MARGIN_S: Final = 2.5
_BEFORE_S, _AFTER_S = 0.3, 0.2
"""The mouth goes to its first sound before it is heard, and to rest after the last."""
_WIDER: Final = 0.25
_RAMP_S: Final = 0.1


class TextLips:
    """Gives a stream the lips of known sounds; see `audio2motion.stream.Lips`.

    Args:
        segments: All sounds of the text, in order.
        cues: Emphasis makes the mouth go further.
        model: The fitted one that ships with the package if None.

    Raises:
        weights.WeightsError: The model's file is missing or altered.
    """

    def __init__(
        self,
        segments: Sequence[Segment],
        cues: Sequence[TimedCue] = (),
        *,
        model: ArticulationModel | None = None,
    ) -> None:
        self._model = model or load_articulation()
        self._segments = [segment for segment in segments if segment.sound != SILENCE]
        self._starts = [segment.start_s for segment in self._segments]
        self._stops = [segment.stop_s for segment in self._segments]
        self._emphasis = [cue for cue in cues if cue.name == EMPHASIS]
        self._given = 0
        self._window: tuple[int, LipFrames] | None = None
        count = self._model.coefficients
        self.postures = Postures(
            self._model.columns[:count],
            self._model.rest[:count],
            self._model.closed[:count],
            self._model.labiodental[:count],
        )

    def push(self, inputs: NDArray[np.float32]) -> LipFrames:
        """Lips of as many frames as (t, c) inputs, whatever they hold."""
        pieces: list[tuple[LipFrames, slice]] = []
        stop = self._given + len(inputs)
        while self._given < stop:
            number = self._given // _WINDOW
            if self._window is None or self._window[0] != number:
                self._window = (number, self._articulated(number * _WINDOW))
            first = self._given - number * _WINDOW
            last = min(stop - number * _WINDOW, _WINDOW)
            pieces.append((self._window[1], slice(first, last)))
            self._given = number * _WINDOW + last
        return self._joined(pieces)

    def finish(self) -> LipFrames:
        """Nothing waits."""
        return self._joined([])

    def _joined(self, pieces: Sequence[tuple[LipFrames, slice]]) -> LipFrames:
        """Some frames of each, one after the other."""
        channels = len(self.postures.names)
        measures = len(self._model.columns) - channels
        none = LipFrames(
            *(np.zeros((0, n), np.float32) for n in (channels, 0, measures, 2)),
            np.zeros(0, np.float32),
        )
        found = [(none, slice(0)), *pieces]
        return LipFrames(
            np.concatenate([lips.curves[rows] for lips, rows in found]),
            np.concatenate([lips.visemes[rows] for lips, rows in found]),
            np.concatenate([lips.geometry[rows] for lips, rows in found]),
            np.concatenate([lips.contacts[rows] for lips, rows in found]),
            np.concatenate([lips.activity[rows] for lips, rows in found]),
        )

    def _articulated(self, first: int) -> LipFrames:
        """The frames of one window."""
        begin_s, end_s = first / FRAME_RATE, (first + _WINDOW) / FRAME_RATE
        near = slice(
            bisect_right(self._stops, begin_s - _MARGIN_S),
            bisect_left(self._starts, end_s + _MARGIN_S),
        )
        margin = round(_MARGIN_S * FRAME_RATE)
        shift = begin_s - _MARGIN_S
        moved = [
            Segment(each.sound, each.start_s - shift, each.stop_s - shift)
            for each in self._segments[near]
        ]
        mouth = articulate(moved, _WINDOW + 2 * margin, model=self._model)
        inner = slice(margin, margin + _WINDOW)
        times = begin_s + np.arange(_WINDOW) / FRAME_RATE
        rest = self.postures.rest
        further = 1 + _WIDER * self._emphasised(times)[:, None]
        curves = np.asarray(rest + further * (mouth.curves[inner] - rest), np.float32)
        return LipFrames(
            curves=curves,
            visemes=np.zeros((_WINDOW, 0), np.float32),
            geometry=mouth.geometry[inner],
            contacts=mouth.contacts[inner],
            activity=_activity(self._segments[near], times),
        )

    def _emphasised(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """(t,) how much a word is emphasised."""
        result = np.zeros(len(times))
        for cue in self._emphasis:
            inside = np.minimum(times - cue.start_s, cue.stop_s - times)
            result = np.maximum(result, cue.number * np.clip(inside / _RAMP_S + 1, 0, 1))
        return result


def _activity(segments: Sequence[Segment], times: NDArray[np.float64]) -> NDArray[np.float32]:
    """(t,) 1 while somebody speaks, is about to, or just did."""
    result = np.zeros(len(times), np.float32)
    for segment in segments:
        about = (times >= segment.start_s - _BEFORE_S) & (times <= segment.stop_s + _AFTER_S)
        result[about] = 1
    return result
