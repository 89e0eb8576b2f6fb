"""`Performance`: what a synthetic person does over time, and pieces to build it from."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from capture.arkit import ARKIT_52, ARKIT_INDEX
from capture.motion import MotionSequence
from synthetic.camera import Camera
from synthetic.posing import HEAD_PIVOT, Pose

BLINK_S = 0.17
"""Width of a blink at half height is about this (K. Vanderwerf et al., 2003: 0.1 to 0.2 s)."""


@dataclass(frozen=True, slots=True, eq=False)
class Performance:
    """Coefficients and head pose at a constant rate, in figure axes."""

    fps: Fraction
    coefficients: NDArray[np.float32]
    """(t, 52) order ARKIT_52."""
    rotation: NDArray[np.float64]
    """(t, 3) rotation vectors, radians."""
    shift: NDArray[np.float64]
    """(t, 3) metres."""

    def __len__(self) -> int:
        return len(self.coefficients)

    def pose(self, frame: int) -> Pose:
        """One frame."""
        return Pose(self.coefficients[frame], self.rotation[frame], self.shift[frame])

    def to_motion(self, camera: Camera) -> MotionSequence:
        """The same as motion seen by a camera.

        The pose takes head space (origin between the eyes) to camera space.
        """
        from scipy.spatial.transform import Rotation

        view, offset = camera.to_camera()
        turn = Rotation.from_matrix(view) * Rotation.from_rotvec(self.rotation)
        origin = HEAD_PIVOT + self.shift - Rotation.from_rotvec(self.rotation).apply(HEAD_PIVOT)
        return MotionSequence(
            fps=self.fps,
            blendshapes=np.clip(self.coefficients, 0, 1).astype(np.float32),
            head_rotation=turn.as_quat().astype(np.float32),
            head_translation=(origin @ view.T + offset).astype(np.float32),
        )


class Score:
    """Collects events and turns them into a `Performance`.

    Args:
        frames: Length.
        fps: Frames a second.
    """

    def __init__(self, frames: int, fps: Fraction) -> None:
        self.fps = fps
        self.times = np.arange(frames) / float(fps)
        self.coefficients = np.zeros((frames, len(ARKIT_52)))
        self.rotation = np.zeros((frames, 3))
        self.shift = np.zeros((frames, 3))

    def add(self, names: Sequence[str], curve: NDArray[np.float64]) -> None:
        """Add a curve (t,) to some coefficients."""
        for name in names:
            self.coefficients[:, ARKIT_INDEX[name]] += curve

    def bump(
        self,
        names: Sequence[str],
        start_s: float,
        stop_s: float,
        height: float,
        ease_s: float = 0.25,
    ) -> None:
        """Raise coefficients between two times, with smooth flanks."""
        self.add(names, height * plateau(self.times, start_s, stop_s, ease_s))

    def blink(self, at_s: float, *, width_s: float = BLINK_S) -> None:
        """Both lids, closing faster than they open."""
        t = self.times - at_s
        width = np.where(t < 0, 0.42, 0.68) * width_s
        curve = np.exp(-(np.abs(t / width) ** 3.5))
        for side in ("Left", "Right"):
            column = ARKIT_INDEX[f"eyeBlink{side}"]
            self.coefficients[:, column] = np.maximum(self.coefficients[:, column], curve)

    def turn(self, keys_s: Sequence[float], degrees: Sequence[Sequence[float]]) -> None:
        """Add head turns (pitch, yaw, roll) through keys, eased."""
        from scipy.interpolate import PchipInterpolator

        values = np.deg2rad(np.array(degrees, np.float64))
        self.rotation += PchipInterpolator(np.array(keys_s), values)(
            np.clip(self.times, keys_s[0], keys_s[-1])
        )

    def sway(self, rng: np.random.Generator, degrees: float = 1.6) -> None:
        """Small slow head motion, as of someone who stands still and talks."""
        for axis, share in enumerate((1.0, 1.1, 0.7)):
            self.rotation[:, axis] += np.deg2rad(degrees * share) * slow_noise(
                self.times, rng, 0.55
            )
        for axis, metres in enumerate((0.0022, 0.0012, 0.002)):
            self.shift[:, axis] += metres * slow_noise(self.times, rng, 0.4)

    def glance(
        self, rng: np.random.Generator, *, every_s: float = 1.4, reach: float = 0.16
    ) -> None:
        """Saccades between fixations near the camera; eyes also counter the head's turn."""
        at = 0.0
        horizontal, vertical = np.zeros(len(self.times)), np.zeros(len(self.times))
        while at < self.times[-1]:
            length = rng.exponential(every_s) + 0.3
            here = (self.times >= at) & (self.times < at + length)
            horizontal[here] = rng.normal(0, reach * 0.6) if rng.random() < 0.5 else 0.0
            vertical[here] = rng.normal(0, reach * 0.35) if rng.random() < 0.5 else 0.0
            at += length
        kernel = np.array([0.25, 0.5, 0.25])
        horizontal = np.convolve(np.pad(horizontal, 1, mode="edge"), kernel, mode="valid")
        vertical = np.convolve(np.pad(vertical, 1, mode="edge"), kernel, mode="valid")
        horizontal = horizontal - np.rad2deg(self.rotation[:, 1]) * 0.75 / 34
        vertical = vertical + np.rad2deg(self.rotation[:, 0]) * 0.7 / 24
        self.add(["eyeLookOutLeft", "eyeLookInRight"], np.clip(horizontal, 0, 0.9))
        self.add(["eyeLookInLeft", "eyeLookOutRight"], np.clip(-horizontal, 0, 0.9))
        self.add(["eyeLookUpLeft", "eyeLookUpRight"], np.clip(vertical, 0, 0.7))
        self.add(["eyeLookDownLeft", "eyeLookDownRight"], np.clip(-vertical, 0, 0.7))

    def finish(self) -> Performance:
        """The performance, coefficients clipped to [0, 1]."""
        return Performance(
            fps=self.fps,
            coefficients=np.clip(self.coefficients, 0, 1).astype(np.float32),
            rotation=self.rotation.copy(),
            shift=self.shift.copy(),
        )


def plateau(
    times: NDArray[np.float64], start_s: float, stop_s: float, ease_s: float
) -> NDArray[np.float64]:
    """0, then 1 between two times, with smoothstep flanks inside them."""
    rise = np.clip((times - start_s) / ease_s, 0, 1)
    fall = np.clip((stop_s - times) / ease_s, 0, 1)
    both = np.minimum(rise, fall)
    return both * both * (3 - 2 * both)


def slow_noise(
    times: NDArray[np.float64], rng: np.random.Generator, hertz: float
) -> NDArray[np.float64]:
    """Smooth noise of unit variance below a frequency."""
    out = np.zeros(len(times))
    for k in range(1, 7):
        frequency = hertz * k / 3
        out += (
            np.sin(2 * np.pi * frequency * times + rng.uniform(0, 2 * np.pi))
            * rng.normal(0, 1)
            / k**0.5
        )
    return out / max(float(out.std()), 1e-6)
