"""How one person moves while talking, measured on the footage they were enrolled with."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from capture.arkit import ARKIT_INDEX
from capture.head_pose import to_matrices
from capture.motion import MotionSequence

PREFIX: Final = "habit_"
ORDINARY_JAW: Final = 0.30
"""Range of jawOpen (10th to 95th percentile) of a talker: median of ten real clips."""
ORDINARY_SPREAD_DEGREES: Final = 1.9
ORDINARY_SPEED_DEGREES: Final = 6.3
"""Of a head within three seconds of talk, and its speed a second: what speech makes by itself."""
ORDINARY_BLINKS: Final = 21.0

_WINDOW_S = 3.0
_SMOOTHED_S = 0.2  # trackers jitter
_TALKING = 0.03  # standard deviation of jawOpen within a window
_TURNING_DEGREES = 7.0  # someone who was asked to turn the head, not one who talks
_FEWEST_WINDOWS = 3
_LID_SHUT = 0.5
# Seconds of an ordinary person that are counted along: short footage tells little.
_JAW_DOUBT_S, _HEAD_DOUBT_S, _BLINK_DOUBT_S = 8.0, 20.0, 60.0


@dataclass(frozen=True, slots=True)
class Habits:
    """Factors on what an ordinary talker does; 1 where the footage tells nothing."""

    mouth: float = 1.0
    """How wide the mouth opens, 0.75 to 1.35."""
    head: float = 1.0
    """How far the head goes, 0.5 to 1.8."""
    tempo: float = 1.0
    """How fast it goes there, 0.6 to 1.5."""
    blinks: float = 1.0
    """How often lids blink, 0.4 to 2."""
    seconds: float = 0.0
    """Of talk that this rests on."""

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """For the asset's archive."""
        return {f"{PREFIX}{f.name}": np.array(getattr(self, f.name)) for f in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> "Habits | None":
        """The inverse of `to_arrays`; None where the archive holds no habits."""
        if f"{PREFIX}mouth" not in arrays:
            return None
        return cls(**{f.name: float(arrays[f"{PREFIX}{f.name}"].item()) for f in fields(cls)})


def measure_habits(motion: MotionSequence) -> Habits:
    """Measure a tracked motion; what is not talk, and frames that were bridged, do not count.

    Every factor is drawn towards 1 as much as the footage is short, on a logarithmic scale.
    """
    rate = float(motion.fps)
    length = round(_WINDOW_S * rate)
    if len(motion) < length:
        return Habits()
    jaw, degrees = motion.column("jawOpen"), _degrees(motion, rate)
    seen = np.ones(len(motion), bool) if motion.valid is None else motion.valid
    spreads, speeds, spoken = [], [], np.zeros(len(motion), bool)
    for start in range(0, len(motion) - length + 1, max(1, length // 2)):
        part = slice(start, start + length)
        if not seen[part].all() or jaw[part].std() < _TALKING:
            continue
        spoken[part] = True
        spread = float(degrees[part].std(axis=0).mean())
        if spread < _TURNING_DEGREES:
            spreads.append(spread)
            speeds.append(float(np.abs(np.diff(degrees[part], axis=0)).mean() * rate))
    seconds = float(spoken.sum() / rate)
    if len(spreads) < _FEWEST_WINDOWS:
        return Habits(seconds=seconds)
    spread, speed = float(np.median(spreads)), float(np.median(speeds))
    opened = float(np.percentile(jaw[spoken], 95) - np.percentile(jaw[spoken], 10))
    pace = (speed / max(spread, 1e-3)) / (ORDINARY_SPEED_DEGREES / ORDINARY_SPREAD_DEGREES)
    head_share = seconds / (seconds + _HEAD_DOUBT_S)
    return Habits(
        mouth=_drawn(opened / ORDINARY_JAW, seconds / (seconds + _JAW_DOUBT_S), (0.75, 1.35)),
        head=_drawn(spread / ORDINARY_SPREAD_DEGREES, head_share, (0.5, 1.8)),
        tempo=_drawn(pace, head_share, (0.6, 1.5)),
        blinks=_blinks(motion, seen, rate),
        seconds=seconds,
    )


def _drawn(ratio: float, share: float, bounds: tuple[float, float]) -> float:
    """A measured ratio, drawn towards 1, within what still looks ordinary."""
    return float(np.clip(max(ratio, 1e-3) ** share, *bounds))


def _blinks(motion: MotionSequence, seen: NDArray[np.bool_], rate: float) -> float:
    """Blinks relative to an ordinary talker's, with a minute of his counted along."""
    lids = motion.blendshapes[:, [ARKIT_INDEX["eyeBlinkLeft"], ARKIT_INDEX["eyeBlinkRight"]]]
    lid = lids.mean(axis=1)[seen]
    above = lid - np.percentile(lid, 20)
    shut = np.concatenate([[False], above > _LID_SHUT * (1 - np.percentile(lid, 20))])
    count = int((shut[1:] & ~shut[:-1]).sum())
    minutes = (len(lid) / rate + _BLINK_DOUBT_S) / 60
    each = (count + ORDINARY_BLINKS * _BLINK_DOUBT_S / 60) / minutes
    return float(np.clip(each / ORDINARY_BLINKS, 0.4, 2.0))


def _degrees(motion: MotionSequence, rate: float) -> NDArray[np.float64]:
    """(t, 3) pitch, yaw and roll without the tracker's jitter."""
    matrices = to_matrices(motion.head_rotation).astype(np.float64)
    yaw = np.arctan2(matrices[:, 0, 2], matrices[:, 2, 2])
    pitch = np.arcsin(np.clip(-matrices[:, 1, 2], -1, 1))
    roll = np.arctan2(matrices[:, 1, 0], matrices[:, 1, 1])
    angles = np.degrees(np.unwrap(np.stack([pitch, yaw, roll], axis=1), axis=0))
    half = max(1, round(_SMOOTHED_S * rate / 2))
    window = np.hanning(2 * half + 3)[1:-1]
    padded = np.pad(angles, ((half, half), (0, 0)), mode="edge")
    return np.stack(
        [np.convolve(angle, window / window.sum(), mode="valid") for angle in padded.T], axis=1
    )
