"""MediaPipe's 478 face landmarks by part. Left and right are the subject's.

The rings are the ones of MediaPipe's `FaceLandmarksConnections`, in order around the part.
"""

from typing import Final

import numpy as np

FACE_OVAL: Final = np.array(
    [
        *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
        *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
    ],
    np.int32,
)
RIGHT_EYE: Final = np.array(
    [33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246], np.int32
)
LEFT_EYE: Final = np.array(
    [263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466], np.int32
)
RIGHT_BROW: Final = np.array([70, 63, 105, 66, 107, 55, 65, 52, 53, 46], np.int32)
LEFT_BROW: Final = np.array([300, 293, 334, 296, 336, 285, 295, 282, 283, 276], np.int32)
OUTER_LIPS: Final = np.array(
    [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185],
    np.int32,
)
INNER_LIPS: Final = np.array(
    [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191],
    np.int32,
)
LIPS: Final = np.concatenate([OUTER_LIPS, INNER_LIPS])
RIGHT_IRIS: Final = np.array([468, 469, 470, 471, 472], np.int32)
"""Centre first, then the four points of the rim."""
LEFT_IRIS: Final = np.array([473, 474, 475, 476, 477], np.int32)

UPPER_LIP_INNER, LOWER_LIP_INNER = 13, 14
MOUTH_CORNER_RIGHT, MOUTH_CORNER_LEFT = 61, 291
EYE_OUTER_RIGHT, EYE_INNER_RIGHT = 33, 133
EYE_OUTER_LEFT, EYE_INNER_LEFT = 263, 362
RIGHT_LID_UPPER, RIGHT_LID_LOWER = 159, 145
LEFT_LID_UPPER, LEFT_LID_LOWER = 386, 374
NOSE_TIP, CHIN = 1, 152

LANDMARK_COUNT: Final = 478
