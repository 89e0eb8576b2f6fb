"""Free view: the head is turned by key frames of yaw, pitch and roll, whatever drives it."""

import csv
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reenact.errors import ControlError

LIMITS_DEGREES = {"yaw": 45.0, "pitch": 30.0, "roll": 45.0}
"""What may be asked for at most, either way."""
MARGIN_DEGREES = {"yaw": 10.0, "pitch": 8.0}
"""How far beyond the references' own poses the picture still holds. Roll needs no reference: the
picture turns."""
MOST_KEYS = 1000
COLUMNS = ("time", "yaw", "pitch", "roll")
NECK_M = np.array([0.0, -0.09, -0.06], np.float32)
"""Where the head turns, in canonical head space."""
HINT = "Write yaw,pitch,roll in degrees, or key frames: '0:0,0,0 2:20,0,0' (seconds first)."


@dataclass(frozen=True, slots=True)
class View:
    """Turns added to the driven head.

    Degrees as the viewer sees them: yaw turns the face to the picture's right, pitch lifts it,
    roll tilts it clockwise. Before the first key frame and after the last one the view holds.
    """

    times_s: tuple[float, ...] = (0.0,)
    """Of the key frames, rising."""
    angles: tuple[tuple[float, float, float], ...] = ((0.0, 0.0, 0.0),)
    """Yaw, pitch and roll of each key frame, degrees."""

    def __post_init__(self) -> None:
        if not self.times_s or len(self.times_s) != len(self.angles):
            raise ControlError("view: no key frame is given", hint=HINT)
        if len(self.times_s) > MOST_KEYS:
            raise ControlError(
                f"view: {len(self.times_s)} key frames, at most {MOST_KEYS} are read",
                hint="Frames between two keys are interpolated; leave some out.",
            )
        if not all(math.isfinite(time) and time >= 0 for time in self.times_s):
            raise ControlError("view: times must be numbers from 0", hint=HINT)
        if any(later <= time for time, later in zip(self.times_s, self.times_s[1:], strict=False)):
            raise ControlError("view: the times of the key frames must rise", hint=HINT)
        for turned in self.angles:
            for (name, limit), value in zip(LIMITS_DEGREES.items(), turned, strict=True):
                if not abs(value) <= limit:  # also refuses NaN
                    raise ControlError(
                        f"view: {name} {value:g} is beyond {limit:g} degrees",
                        hint="References filmed from the front cannot show more.",
                    )

    @classmethod
    def parse(cls, text: str) -> "View":
        """Read `YAW,PITCH,ROLL`, or key frames `TIME:YAW,PITCH,ROLL` separated by blanks.

        Raises:
            ControlError: The text is neither, or an angle is out of its limits.
        """
        words = text.split()
        if len(words) == 1 and ":" not in words[0]:
            words = [f"0:{words[0]}"]
        return cls._of(word.replace(":", ",").split(",") for word in words)

    @classmethod
    def load(cls, path: Path) -> "View":
        """Read a CSV file with the columns time (seconds), yaw, pitch, roll (degrees).

        Raises:
            ControlError: It cannot be read, or as for `parse`.
        """
        hint = "Give a CSV file with the header line time,yaw,pitch,roll."
        try:
            with path.open(encoding="utf-8-sig", newline="") as stream:
                reader = csv.DictReader(stream, strict=True, skipinitialspace=True)
                if tuple(name.strip() for name in reader.fieldnames or ()) != COLUMNS:
                    raise ControlError(f"{path} has not the columns of a view", hint=hint)
                return cls._of([str(value) for value in row.values()] for row in reader)
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise ControlError(f"{path} cannot be read as a view: {error}", hint=hint) from error

    @classmethod
    def _of(cls, rows: Iterable[list[str]]) -> "View":
        times, angles = [], []
        for row in rows:
            try:
                time, yaw, pitch, roll = (float(cell) for cell in row)
            except ValueError as error:
                raise ControlError(f"view: {','.join(row)!r} is no key frame", hint=HINT) from error
            times.append(time)
            angles.append((yaw, pitch, roll))
        return cls(times_s=tuple(times), angles=tuple(angles))

    def __str__(self) -> str:
        """The text that `parse` reads."""
        return " ".join(
            f"{time:g}:{yaw:g},{pitch:g},{roll:g}"
            for time, (yaw, pitch, roll) in zip(self.times_s, self.angles, strict=True)
        )

    @property
    def turns(self) -> bool:
        """Whether it changes anything."""
        return any(any(turned) for turned in self.angles)

    def at(self, times_s: NDArray[np.float64]) -> NDArray[np.float32]:
        """(t, 3, 3) rotations in camera axes at some moments.

        Each angle runs through its keys by monotone cubics (PCHIP; Fritsch and Butland, "A method
        for constructing local monotone piecewise cubic interpolants", 1984): smooth, and never
        further than the keys say.

        Args:
            times_s: (t,) seconds.
        """
        from scipy.interpolate import PchipInterpolator

        # the view rests before the first and after the last key, so it eases out and in
        times = [self.times_s[0] - 1, *self.times_s, self.times_s[-1] + 1]
        keys = np.asarray([self.angles[0], *self.angles, self.angles[-1]], np.float64)
        turned = PchipInterpolator(times, keys, axis=0)(np.clip(times_s, times[0], times[-1]))
        return rotations(turned)

    def beyond(
        self, source: NDArray[np.float32], references: NDArray[np.float32]
    ) -> tuple[str, ...]:
        """What of the view the references cannot show, as warnings.

        Args:
            source: (3, 3) head rotation of the source frame.
            references: (r, 3, 3) head rotations of all references.
        """
        shown = view_angles(references)
        asked = view_angles(rotations(np.asarray(self.angles, np.float64)) @ source)
        warnings = []
        for column, (name, margin) in enumerate(MARGIN_DEGREES.items()):
            low, high = shown[:, column].min() - margin, shown[:, column].max() + margin
            if asked[:, column].min() < low or asked[:, column].max() > high:
                warnings.append(
                    f"the view turns the head to a {name} of {asked[:, column].min():.0f} to "
                    f"{asked[:, column].max():.0f} degrees; the footage shows enough for "
                    f"{low:.0f} to {high:.0f}"
                )
        return tuple(warnings)


def rotations(degrees: NDArray[np.float64]) -> NDArray[np.float32]:
    """(t, 3) yaw, pitch, roll as in `View` to (t, 3, 3) rotations in camera axes."""
    yaw, pitch, roll = (np.radians(degrees) * [1, -1, -1]).T
    zero, one = np.zeros_like(yaw), np.ones_like(yaw)

    def matrix(*cells: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.stack(cells, axis=1).reshape(-1, 3, 3)

    about_y = matrix(
        np.cos(yaw), zero, np.sin(yaw), zero, one, zero, -np.sin(yaw), zero, np.cos(yaw)
    )
    about_x = matrix(
        one, zero, zero, zero, np.cos(pitch), -np.sin(pitch), zero, np.sin(pitch), np.cos(pitch)
    )
    about_z = matrix(
        np.cos(roll), -np.sin(roll), zero, np.sin(roll), np.cos(roll), zero, zero, zero, one
    )
    return (about_y @ about_x @ about_z).astype(np.float32)


def view_angles(turned: NDArray[np.float32]) -> NDArray[np.float32]:
    """The inverse of `rotations`: (t, 3, 3) to (t, 3) degrees of yaw, pitch, roll."""
    nose = turned[:, :, 2].astype(np.float64)
    yaw = np.arctan2(nose[:, 0], nose[:, 2])
    pitch = np.arcsin(np.clip(nose[:, 1], -1, 1))
    roll = np.arctan2(-turned[:, 1, 0], turned[:, 1, 1])
    return np.degrees(np.stack([yaw, pitch, roll], axis=1)).astype(np.float32)
