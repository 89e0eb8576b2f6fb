"""What goes into a behaviour and what comes out of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from capture.arkit import ARKIT_52

LOOK_AHEAD_S: Final = 0.2
"""Seconds of prosody after a frame's time that the frame waits for."""


@dataclass(frozen=True, slots=True, eq=False)
class ProsodyFrames:
    """How loud and how high a voice is, 100 frames a second."""

    level: NDArray[np.float32]
    """(t,) loudness: 0 in silence, 1 in loud speech."""
    pitch: NDArray[np.float32]
    """(t,) fundamental in Hz, NaN where unvoiced."""

    def __post_init__(self) -> None:
        if self.level.ndim != 1 or self.level.shape != self.pitch.shape:
            raise ValueError(
                f"level and pitch: want one length, got {self.level.shape} and {self.pitch.shape}"
            )

    def __len__(self) -> int:
        return len(self.level)

    @classmethod
    def silence(cls, frames: int) -> "ProsodyFrames":
        """Nobody speaks."""
        return cls(np.zeros(frames, np.float32), np.full(frames, np.nan, np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class BehaviourFrames:
    """n frames at the output's rate; k are ARKit's 52 blendshapes."""

    angles: NDArray[np.float64]
    """(n, 3) radians about +X (chin down), +Y (to the subject's left) and +Z of the head."""
    rotation: NDArray[np.float32]
    """(n, 4) the same as unit quaternions, xyzw."""
    translation: NDArray[np.float32]
    """(n, 3) metres."""
    face: NDArray[np.float32]
    """(n, k) coefficients in [0, 1] of brows, lids, eyes, cheeks and nose; the mouth's are 0."""
    mouth: NDArray[np.float32]
    """(n, k) what a mood or gesture adds to the mouth, in [-1, 1]; to be added to what speech does
    before contacts of the lips are enforced."""

    def __len__(self) -> int:
        return len(self.angles)

    @classmethod
    def joined(cls, pieces: Sequence["BehaviourFrames"]) -> "BehaviourFrames":
        """One after the other."""
        pieces = pieces or [cls.none()]
        return cls(
            np.concatenate([piece.angles for piece in pieces]),
            np.concatenate([piece.rotation for piece in pieces]),
            np.concatenate([piece.translation for piece in pieces]),
            np.concatenate([piece.face for piece in pieces]),
            np.concatenate([piece.mouth for piece in pieces]),
        )

    @classmethod
    def none(cls) -> "BehaviourFrames":
        """No frame."""
        nothing = np.zeros((0, len(ARKIT_52)), np.float32)
        return cls(
            np.zeros((0, 3)),
            np.zeros((0, 4), np.float32),
            np.zeros((0, 3), np.float32),
            nothing,
            nothing,
        )


class Behaviour(Protocol):
    """Listens to prosody and moves. However the prosody is cut, the frames have the same bits."""

    def advance(self, prosody: ProsodyFrames) -> BehaviourFrames:
        """Take more prosody; give the frames that are certain, `LOOK_AHEAD_S` behind it."""

    def finish(self, frames: int) -> BehaviourFrames:
        """Give the rest, up to `frames` in all, as if silence followed."""
