"""How a person looks: the source frame, a clean background and reference crops."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capture.arrays import check_arrays
from capture.landmarks import LANDMARK_COUNT


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """One enrolment frame, cut to the head crop. Glossary: c = side of the crop image in px."""

    image: NDArray[np.uint8]
    """(c, c, 3) RGB."""
    matte: NDArray[np.uint8]
    """(c, c) how much of each pixel is the person, 0 to 255."""
    landmarks: NDArray[np.float32]
    """(478, 3) px of the source frame: x right, y down, z away."""

    def __post_init__(self) -> None:
        side = len(self.image)
        check_arrays(
            self,
            {
                "image": ((side, side, 3), np.uint8),
                "matte": ((side, side), np.uint8),
                "landmarks": ((LANDMARK_COUNT, 3), np.float32),
            },
        )


@dataclass(frozen=True, slots=True)
class Crop:
    """A fixed square of the source frame around the head; may reach beyond the frame."""

    x: int
    y: int
    side: int


@dataclass(frozen=True, slots=True, eq=False)
class Appearance:
    """Everything the renderer needs of a person, apart from the 3D head."""

    frame: NDArray[np.uint8]
    """(h, w, 3) RGB: the full source frame, the one of the first reference."""
    crop: Crop
    plate: NDArray[np.uint8]
    """(c, c, 3) RGB: the crop without the person, as far as it was ever seen."""
    references: tuple[Reference, ...]
    """The first is the source frame's: facing the camera, at rest."""

    def __post_init__(self) -> None:
        if not self.references:
            raise ValueError("references: want at least one")
        side = len(self.plate)
        check_arrays(
            self,
            {
                "frame": ((*self.frame.shape[:2], 3), np.uint8),
                "plate": ((side, side, 3), np.uint8),
            },
        )
