"""`MotionSequence`: what moves a face, independent of whose face it is."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from capture.arkit import ARKIT_52
from capture.arrays import check_arrays

VERTICAL_FIELD_OF_VIEW_DEGREES = 63.0
"""Of the virtual pinhole camera in which head poses are expressed (MediaPipe's convention)."""


@dataclass(frozen=True, slots=True, eq=False)
class MotionSequence:
    """Facial motion at a constant rate. The one waist between what drives and what is shown.

    Shapes use t = frames, k = blendshapes, n = tracked landmarks. Axes are glTF's: right-handed,
    +Y up, +Z out of the face. The pose is the head's in the frame of a virtual pinhole camera at
    the origin that looks along -Z; motion that does not come from a camera (audio, sliders) is
    given about the identity rotation and a zero translation. Takes over the arrays it is given
    and makes them read-only.
    """

    fps: Fraction
    """Frames a second; exact."""
    blendshapes: NDArray[np.float32]
    """(t, k), each in [0, 1]."""
    head_rotation: NDArray[np.float32]
    """(t, 4) unit quaternions, xyzw, head space to camera space."""
    head_translation: NDArray[np.float32]
    """(t, 3) metres, the head's origin in camera space."""
    names: tuple[str, ...] = ARKIT_52
    """(k,) blendshape names."""
    residual: NDArray[np.float32] | None = None
    """(t, n, 3) metres in canonical head space: what the tracker saw of each landmark beyond the
    generic rig under `blendshapes`. Only a tracked face has it."""
    valid: NDArray[np.bool_] | None = None
    """(t,) False where the frame had no face and was bridged. None means all valid."""
    sway: NDArray[np.float32] | None = None
    """(t, n, n, 3) how hair, neck and shoulders moved, on a square that follows the head: where in
    the frame before lay what each place shows, minus that place, x right and y down along the
    square's sides, in shares of its side; and how well that is known, in [0, 1]. Only a filmed
    head has it."""

    def __post_init__(self) -> None:
        frames, actions = len(self.blendshapes), len(self.names)
        if self.fps <= 0:
            raise ValueError(f"fps: want a positive fraction, got {self.fps}")
        shapes: dict[str, tuple[tuple[int, ...], type[np.generic]]] = {
            "blendshapes": ((frames, actions), np.float32),
            "head_rotation": ((frames, 4), np.float32),
            "head_translation": ((frames, 3), np.float32),
        }
        if self.residual is not None:
            landmarks = self.residual.shape[1] if self.residual.ndim == 3 else -1
            shapes["residual"] = ((frames, landmarks, 3), np.float32)
        if self.valid is not None:
            shapes["valid"] = ((frames,), np.bool_)
        if self.sway is not None:
            side = self.sway.shape[1] if self.sway.ndim == 4 else -1
            shapes["sway"] = ((frames, side, side, 3), np.float32)
        check_arrays(self, shapes)
        if frames and (self.blendshapes.min() < 0 or self.blendshapes.max() > 1):
            raise ValueError("blendshapes: coefficients lie outside [0, 1]")
        norms = np.linalg.norm(self.head_rotation, axis=1)
        if np.abs(norms - 1).max(initial=0) > 1e-3:
            raise ValueError("head_rotation: want unit quaternions")

    def __len__(self) -> int:
        return len(self.blendshapes)

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return float(len(self) / self.fps)

    def column(self, name: str) -> NDArray[np.float32]:
        """(t,) the coefficients of one blendshape."""
        return self.blendshapes[:, self.names.index(name)]

    def slice(self, start: int, stop: int) -> "MotionSequence":
        """Frames `start` to `stop` (exclusive), copied."""
        return MotionSequence(
            fps=self.fps,
            blendshapes=self.blendshapes[start:stop].copy(),
            head_rotation=self.head_rotation[start:stop].copy(),
            head_translation=self.head_translation[start:stop].copy(),
            names=self.names,
            residual=None if self.residual is None else self.residual[start:stop].copy(),
            valid=None if self.valid is None else self.valid[start:stop].copy(),
            sway=None if self.sway is None else self.sway[start:stop].copy(),
        )
