"""Mouth and behaviour put together, frame by frame, however unevenly they arrive."""

from fractions import Fraction

import numpy as np

from audio2motion.behaviour import BehaviourFrames
from audio2motion.decoder import MouthFrames, Postures
from capture.motion import MotionSequence


class Face:
    """Pairs the frames of a `Decoder` with those of a `Behaviour`."""

    def __init__(self, postures: Postures, *, fps: Fraction) -> None:
        self._postures, self._fps = postures, fps
        self._mouth: list[MouthFrames] = []
        self._behaviour: list[BehaviourFrames] = []

    def add(self, mouth: MouthFrames, behaviour: BehaviourFrames) -> MotionSequence | None:
        """Take more of both; give the frames that are complete, if any.

        Args:
            mouth: Next frames of the mouth.
            behaviour: Next frames of the rest; as many as there are.
        """
        self._mouth.append(mouth)
        self._behaviour.append(behaviour)
        ready = min(sum(map(len, self._mouth)), sum(map(len, self._behaviour)))
        if ready == 0:
            return None
        lips, rest = MouthFrames.joined(self._mouth), BehaviourFrames.joined(self._behaviour)
        self._mouth = [lips.part(slice(ready, None))]
        self._behaviour = [_part(rest, slice(ready, None))]
        lips, rest = lips.part(slice(ready)), _part(rest, slice(ready))
        shown = lips.coefficients(self._postures, rest.mouth) + rest.face
        return MotionSequence(
            fps=self._fps,
            blendshapes=np.clip(shown, 0, 1),
            head_rotation=rest.rotation,
            head_translation=rest.translation,
        )


def joined(pieces: list[MotionSequence]) -> MotionSequence:
    """Pieces of one motion, one after the other; at least one."""
    if len(pieces) == 1:
        return pieces[0]
    return MotionSequence(
        fps=pieces[0].fps,
        blendshapes=np.concatenate([piece.blendshapes for piece in pieces]),
        head_rotation=np.concatenate([piece.head_rotation for piece in pieces]),
        head_translation=np.concatenate([piece.head_translation for piece in pieces]),
    )


def _part(frames: BehaviourFrames, rows: slice) -> BehaviourFrames:
    return BehaviourFrames(
        frames.angles[rows],
        frames.rotation[rows].copy(),
        frames.translation[rows].copy(),
        frames.face[rows],
        frames.mouth[rows],
    )
