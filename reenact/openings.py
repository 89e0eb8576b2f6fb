"""How far lids and lips are apart: multiplied, or fitted to what the source is used to.

A driver who always squints must not make the source squint, one whose lips never meet must not
keep the source's mouth open. LivePortrait (Guo et al. 2024) trains networks for this retargeting
of eyes and lips; landmarks allow to set the gaps themselves.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from capture.arkit import ARKIT_INDEX
from capture.landmark_rig import LandmarkRig
from capture.landmarks import (
    CHIN,
    LEFT_EYE,
    LEFT_IRIS,
    LEFT_LID_LOWER,
    LEFT_LID_UPPER,
    LOWER_LIP_INNER,
    RIGHT_EYE,
    RIGHT_IRIS,
    RIGHT_LID_LOWER,
    RIGHT_LID_UPPER,
    UPPER_LIP_INNER,
)
from reenact.lip_contact import close_lips
from reenact.regions import falloff, mouth_ratio

Opening = float | Literal["source"]
"""A factor, or to fit the driver's usual opening to the source's own."""

LIDS = {"Right": (RIGHT_LID_UPPER, RIGHT_LID_LOWER), "Left": (LEFT_LID_UPPER, LEFT_LID_LOWER)}
_RINGS = {"Right": RIGHT_EYE, "Left": LEFT_EYE}
_IRISES = {"Right": RIGHT_IRIS, "Left": LEFT_IRIS}
LIDS_REACH_M = 0.016
"""How far around an eye the skin goes with the lids."""
WIDEST = 1.5
"""Of the lids' gap at rest: no eye opens further."""
SHUT, AWAKE = 0.25, 0.6
"""Lid gap over that at rest: a factor above 1 opens nothing below the first, everything above the
second, so that a blink stays one."""
USUAL_LIDS, USUAL_LIPS = 70, 10
"""Percentiles of a driver's gaps: lids of an open eye, lips at rest."""


@dataclass(frozen=True, slots=True)
class UsualOpening:
    """What a driver's face is used to, metres in canonical head space."""

    right_lids: float
    left_lids: float
    lips: float

    @classmethod
    def of(cls, shapes: NDArray[np.float32]) -> "UsualOpening":
        """Measured on (t, 478, 3) shapes spread over the driving video."""
        right, left = (np.percentile(gaps(shapes, *LIDS[side]), USUAL_LIDS) for side in LIDS)
        lips = np.percentile(gaps(shapes, UPPER_LIP_INNER, LOWER_LIP_INNER), USUAL_LIPS)
        return cls(right_lids=float(right), left_lids=float(left), lips=float(lips))


def gaps(shapes: NDArray[np.float32], upper: int, lower: int) -> NDArray[np.float32]:
    """(t,) metres between two landmarks of (t, 478, 3) shapes."""
    distance: NDArray[np.float32] = np.linalg.norm(shapes[:, upper] - shapes[:, lower], axis=1)
    return distance


class EyeOpening:
    """Sets how far the lids of one person are apart."""

    def __init__(self, rest: NDArray[np.float32]) -> None:
        """Prepare the lids' own ways.

        Args:
            rest: (478, 3) metres, the source's face with its usual opening.
        """
        rig = LandmarkRig.load()
        self._rest = {side: float(gaps(rest[None], *LIDS[side])[0]) for side in LIDS}
        self._close, self._open = {}, {}
        for side in LIDS:
            near = falloff(rig.neutral, _RINGS[side], LIDS_REACH_M)
            near[_IRISES[side]] = 0
            for store, name in ((self._close, "eyeBlink"), (self._open, "eyeWide")):
                delta = rig.deltas[ARKIT_INDEX[f"{name}{side}"]] * near
                upper, lower = LIDS[side]
                store[side] = (delta / (delta[upper, 1] - delta[lower, 1])).astype(np.float32)

    def multiplied(self, shapes: NDArray[np.float32], factor: float) -> NDArray[np.float32]:
        """Open or narrow both eyes of (t, 478, 3) shapes; closed lids stay closed."""
        out = shapes.copy()
        for side in LIDS:
            gap = gaps(shapes, *LIDS[side])
            ramp = np.clip((gap / self._rest[side] - SHUT) / (AWAKE - SHUT), 0, 1)
            wanted = gap * (1 + (factor - 1) * (ramp if factor > 1 else 1))
            out += self._moved(side, gap, wanted)
        return out

    def fitted(
        self, shapes: NDArray[np.float32], driving: NDArray[np.float32], usual: UsualOpening
    ) -> NDArray[np.float32]:
        """Open the lids as far as the driver's are open, each measured by what is usual.

        Args:
            shapes: (t, 478, 3) the source's driven shapes.
            driving: (t, 478, 3) the driving face.
            usual: Of the driver.
        """
        out = shapes.copy()
        for side, own in (("Right", usual.right_lids), ("Left", usual.left_lids)):
            share = gaps(driving, *LIDS[side]) / max(own, 1e-6)
            out += self._moved(side, gaps(shapes, *LIDS[side]), self._rest[side] * share)
        return out

    def _moved(
        self, side: str, gap: NDArray[np.float32], wanted: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        widest = np.maximum(WIDEST * self._rest[side], gap)
        change = (np.clip(wanted, 0, widest) - gap)[:, None, None]
        moved = np.maximum(change, 0) * self._open[side] + np.minimum(change, 0) * self._close[side]
        return moved.astype(np.float32)


class LipOpening:
    """Sets how far the lips of one person are apart."""

    def __init__(self, rest: NDArray[np.float32]) -> None:
        """Prepare the jaw.

        Args:
            rest: (478, 3) metres, the source's face with its usual opening.
        """
        rig = LandmarkRig.load()
        self._neutral = rig.neutral
        self._rest = rest
        jaw = rig.deltas[ARKIT_INDEX["jawOpen"]]
        self._jaw = (jaw / (jaw[UPPER_LIP_INNER, 1] - jaw[LOWER_LIP_INNER, 1])).astype(np.float32)

    def multiplied(self, shapes: NDArray[np.float32], factor: float) -> NDArray[np.float32]:
        """Open the mouth of (t, 478, 3) shapes further or less far; closed lips stay closed."""
        gap = gaps(shapes, UPPER_LIP_INNER, LOWER_LIP_INNER)
        return self._moved(shapes, gap, gap * factor)

    def fitted(
        self,
        shapes: NDArray[np.float32],
        driving: NDArray[np.float32],
        usual: UsualOpening,
    ) -> NDArray[np.float32]:
        """Open the lips as far as the driver's are open beyond what is usual.

        Args:
            shapes: (t, 478, 3) the source's driven shapes.
            driving: (t, 478, 3) the driving face.
            usual: Of the driver.
        """
        ratio = mouth_ratio(self._rest, driving.mean(axis=0))
        own = float(gaps(self._rest[None], UPPER_LIP_INNER, LOWER_LIP_INNER)[0])
        at_rest = min(own, usual.lips * ratio)
        gap = gaps(driving, UPPER_LIP_INNER, LOWER_LIP_INNER)
        below = at_rest * np.minimum(gap / max(usual.lips, 1e-6), 1)
        wanted = below + ratio * np.maximum(gap - usual.lips, 0)
        return self._moved(shapes, gaps(shapes, UPPER_LIP_INNER, LOWER_LIP_INNER), wanted)

    def _moved(
        self,
        shapes: NDArray[np.float32],
        gap: NDArray[np.float32],
        wanted: NDArray[np.float32],
    ) -> NDArray[np.float32]:
        """The jaw does what it can: all of the opening, and closing until it is shut."""
        per_jaw = -self._jaw[CHIN, 1]
        dropped = (self._rest[CHIN, 1] - shapes[:, CHIN, 1]) / per_jaw
        change = np.maximum(wanted - gap, -np.maximum(dropped, 0))
        out = shapes + (change[:, None, None] * self._jaw).astype(np.float32)
        left = np.maximum(gap + change, 1e-6)
        share = np.clip(1 - wanted / left, 0, 1).astype(np.float32)
        return close_lips(out, share, self._neutral)
