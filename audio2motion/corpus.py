"""Tracked speech to learn from: which channels, and how lips are measured.

The layout of a folder is that of talker s1 of the GRID corpus (Cooke et al. 2006, CC BY 4.0) after
tracking: `curves.npz` with `clip` (n,), `blendshapes` (n, f, 52) by MediaPipe at 25 a second,
`blendshape_names`, `landmarks` (n, f, p, 3), `landmark_index` (p,), and the sound of the clips one
after the other in `audio_00.flac`, `audio_01.flac`, ...
"""

import numpy as np
from numpy.typing import NDArray

from capture.landmarks import (
    EYE_OUTER_LEFT,
    EYE_OUTER_RIGHT,
    MOUTH_CORNER_LEFT,
    MOUTH_CORNER_RIGHT,
)

FPS = 25
CHANNELS: tuple[str, ...] = (
    "jawOpen",
    "mouthClose",
    "mouthFunnel",
    "mouthPucker",
    "mouthRollLower",
    "mouthRollUpper",
    "mouthShrugLower",
    "mouthShrugUpper",
    *(
        f"mouth{action}{side}"
        for action in ("Smile", "Frown", "Dimple", "Stretch", "Press", "LowerDown", "UpperUp")
        for side in ("Left", "Right")
    ),
)
"""What speech moves. Sideways actions are a talker's habit, not speech."""


def lip_geometry(
    points: NDArray[np.float32], index: list[int]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Inner lip gap and mouth width, over the distance of the outer eye corners.

    Args:
        points: (..., p, 3) landmarks.
        index: (p,) which of MediaPipe's landmarks they are.

    Returns:
        (...) each.
    """

    def distance(a: int, b: int) -> NDArray[np.float32]:
        difference = points[..., index.index(a), :] - points[..., index.index(b), :]
        return np.asarray(np.linalg.norm(difference, axis=-1), np.float32)

    eyes = distance(EYE_OUTER_RIGHT, EYE_OUTER_LEFT)
    gap = (distance(13, 14) + distance(82, 87) + distance(312, 317)) / (3 * eyes)
    width = distance(MOUTH_CORNER_RIGHT, MOUTH_CORNER_LEFT) / eyes
    return np.asarray(gap, np.float32), np.asarray(width, np.float32)
