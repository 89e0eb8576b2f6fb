"""Photos: single pictures in files, upright as they were taken."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from capture.errors import MediaError
from capture.media import LARGEST_PICTURE, check_input

SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF", b"BM", b"II*\0", b"MM\0*")
"""How JPEG, PNG, WebP, BMP and TIFF files begin."""
_ANIMATION = b"acTL"
"""Chunk of an animated PNG, before its picture data."""
_HEAD_BYTES = 256
_STREAMS = (".mjpeg", ".mjpg")
"""Bare streams of JPEG pictures, which begin like one."""


def is_still(path: Path) -> bool:
    """Whether a file is a photo, by its first bytes.

    Raises:
        MediaError: It is missing, a folder, empty, or not readable.
    """
    check_input(path)
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        reason = error.strerror or str(error)
        raise MediaError(f"{path} cannot be read: {reason}", hint="Check the path.") from error
    if head.startswith(b"RIFF"):
        return head[8:12] == b"WEBP"
    if path.suffix.lower() in _STREAMS:
        return False
    return head.startswith(SIGNATURES) and _ANIMATION not in head


def read_still(path: Path, *, largest_side: int) -> NDArray[np.uint8]:
    """Read a photo upright, as its camera noted, (h, w, 3) RGB.

    Args:
        path: JPEG, PNG, WebP, BMP or TIFF.
        largest_side: Larger photos are reduced to this many px.

    Raises:
        MediaError: It cannot be read, or is too large.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    hint = "Save it again as JPEG or PNG."
    try:
        with Image.open(path) as opened:
            if opened.width * opened.height > LARGEST_PICTURE:
                raise MediaError(
                    f"{path}: pictures of {opened.width} x {opened.height} px are too large",
                    hint="Scale the photo down.",
                )
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise MediaError(f"{path} cannot be read as a photo", hint=hint) from error
    upright.thumbnail((largest_side, largest_side))
    return np.array(upright)
