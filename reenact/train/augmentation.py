"""Random changes of the frames of one sample: all of them get the same change.

Source, driving frame and its neighbour are one scene through one camera; a change that differs
between them would teach the network that faces change colour when they move.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

REFERENCE_SIDE = 256
"""Lengths in px are meant at this side."""


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How far frames may be changed. Ranges are uniform; chances are per sample."""

    mirror: float = 0.5
    """Chance of a left-right flip."""
    time_flip: float = 0.5
    """Chance that time runs backwards: source and driving frame change places."""
    rotation_degrees: float = 8.0
    scale: tuple[float, float] = (0.92, 1.2)
    """Above 1 crops."""
    shift: float = 0.05
    """Largest, share of the side."""
    brightness: float = 0.1
    contrast: float = 0.1
    saturation: float = 0.1
    hue: float = 0.02
    """Largest turn, share of the circle."""
    blur: float = 0.15
    """Chance."""
    blur_px: tuple[float, float] = (0.4, 1.4)
    """Sigma at 256 px."""
    compression: float = 0.15
    """Chance of JPEG."""
    jpeg_quality: tuple[int, int] = (50, 95)

    def draw(self, rng: np.random.Generator) -> "Change":
        """Draw one change. Always takes the same amount of numbers from the generator."""
        either = rng.uniform(-1, 1, 7)
        chance = rng.random(4)
        blur, quality = rng.uniform(*self.blur_px), rng.uniform(*self.jpeg_quality)
        return Change(
            mirrored=bool(chance[0] < self.mirror),
            reversed=bool(chance[1] < self.time_flip),
            rotation_degrees=float(either[0] * self.rotation_degrees),
            scale=float(rng.uniform(*self.scale)),
            shift=(float(either[1] * self.shift), float(either[2] * self.shift)),
            brightness=float(either[3] * self.brightness),
            contrast=float(1 + either[4] * self.contrast),
            saturation=float(1 + either[5] * self.saturation),
            hue=float(either[6] * self.hue),
            blur_px=float(blur) if chance[2] < self.blur else 0.0,
            jpeg_quality=round(quality) if chance[3] < self.compression else None,
        )


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to each frame of one sample."""

    mirrored: bool = False
    reversed: bool = False
    """Applied by whoever picks the frames."""
    rotation_degrees: float = 0.0
    scale: float = 1.0
    shift: tuple[float, float] = (0.0, 0.0)
    brightness: float = 0.0
    contrast: float = 1.0
    saturation: float = 1.0
    hue: float = 0.0
    blur_px: float = 0.0
    jpeg_quality: int | None = None

    def apply(self, frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Change an (s, s, 3) RGB frame."""
        out = self._coloured(self._moved(frame))
        return self._degraded(out)

    def _moved(self, frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
        import cv2

        out = frame[:, ::-1] if self.mirrored else frame
        if (self.rotation_degrees, self.scale, self.shift) == (0.0, 1.0, (0.0, 0.0)):
            return np.ascontiguousarray(out)
        side = frame.shape[0]
        middle = (side - 1) / 2
        matrix = cv2.getRotationMatrix2D((middle, middle), self.rotation_degrees, self.scale)
        matrix[:, 2] += np.array(self.shift) * side
        return cv2.warpAffine(
            np.ascontiguousarray(out),
            matrix,
            (side, side),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REFLECT_101,
        )

    def _coloured(self, frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """One linear map of colour: turn about the grey axis, stretch from it, gain, offset."""
        turn, gain, offset = _about_grey(2 * np.pi * self.hue), self.contrast, self.brightness
        grey = np.full((3, 3), 1 / 3)
        matrix = gain * (grey + self.saturation * (turn - grey))
        if np.allclose(matrix, np.eye(3)) and offset == 0:
            return frame
        constant = 127.5 * (1 - gain) + 255 * offset
        values = frame.astype(np.float32) @ matrix.T.astype(np.float32) + np.float32(constant)
        return np.clip(np.rint(values), 0, 255).astype(np.uint8)

    def _degraded(self, frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
        import cv2

        out = frame
        if self.blur_px:
            out = cv2.GaussianBlur(out, (0, 0), self.blur_px * frame.shape[0] / REFERENCE_SIDE)
        if self.jpeg_quality is not None:
            options = [cv2.IMWRITE_JPEG_QUALITY, self.jpeg_quality]
            coded = cv2.imencode(".jpg", out[:, :, ::-1], options)[1]
            out = np.ascontiguousarray(cv2.imdecode(coded, cv2.IMREAD_COLOR)[:, :, ::-1])
        return out


def _about_grey(angle: float) -> NDArray[np.float64]:
    """(3, 3) rotation of RGB about the axis (1, 1, 1) (Rodrigues)."""
    cross = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]) / np.sqrt(3)
    turned: NDArray[np.float64] = np.eye(3) + np.sin(angle) * cross
    return turned + (1 - np.cos(angle)) * cross @ cross
