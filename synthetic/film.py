"""`Film`: what a camera does to a picture after the lens: blur, noise, colour, compression."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Film:
    """A camera's faults. The defaults are a perfect camera."""

    blur_px: float = 0.0
    """Standard deviation of the lens's blur."""
    sharpening: float = 0.0
    """How strongly the camera sharpens what the lens has blurred."""
    shot_noise: float = 0.0
    """Standard deviation of mid-grey, of 1, that grows with the light's root."""
    read_noise: float = 0.0
    """Standard deviation everywhere, of 1."""
    white_balance: tuple[float, float, float] = (1.0, 1.0, 1.0)
    contrast: float = 1.0
    saturation: float = 1.0
    jpeg_quality: int = 92
    """Of stills, 1 to 100."""
    crf: int = 20
    """x264's rate factor of clips."""

    def develop(self, frame: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
        """What the camera records of a frame (h, w, 3) sRGB.

        Args:
            frame: As rendered.
            rng: Of the noise.
        """
        import cv2

        image = frame.astype(np.float32) / 255
        image *= np.array(self.white_balance, np.float32)
        grey = image @ np.array([0.299, 0.587, 0.114], np.float32)
        image = grey[..., None] + self.saturation * (image - grey[..., None])
        image = 0.5 + self.contrast * (image - 0.5)
        if self.blur_px > 0:
            image = cv2.GaussianBlur(image, (0, 0), self.blur_px)
        if self.shot_noise > 0 or self.read_noise > 0:
            image = image + self._noise(image, rng)
        if self.sharpening > 0:
            image = image + self.sharpening * (image - cv2.GaussianBlur(image, (0, 0), 1.0))
        return np.clip(image * 255 + 0.5, 0, 255).astype(np.uint8)

    def _noise(self, image: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
        """(h, w, 3) of the sensor: most in brightness, some in colour, as after demosaicing."""
        sigma = np.sqrt(self.read_noise**2 + 2 * self.shot_noise**2 * np.clip(image, 0, 1))
        drawn = rng.standard_normal((*image.shape[:2], 4), dtype=np.float32)
        return np.asarray(sigma * (0.8 * drawn[..., :1] + 0.6 * drawn[..., 1:]), np.float32)


PERFECT = Film()
