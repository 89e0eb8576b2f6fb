"""Upright RGB pictures out of decoded ones: colour matrix, pixel shape, display rotation."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from av.sidedata.sidedata import SideDataContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_BT709, _BT601 = 1, 5
_UNKNOWN_MATRICES: Final = (0, 2, 3)
"""`AVColorSpace` RGB (wrong on a YUV track), unspecified, reserved."""
_TALLEST_SD: Final = 576
_HDR_TRANSFERS: Final = (16, 18)
"""`AVColorTransferCharacteristic` of PQ (SMPTE ST 2084) and HLG (ARIB STD-B67)."""
_WIDEST_PIXEL: Final = Fraction(4)


class UprightRgb:
    """Turns the decoded frames of one track into what a player shows.

    The first frame fixes the size; a track that changes its size later is scaled to it.

    Attributes:
        width: px, after rotation, with square pixels.
        height: px, after rotation.
        rotation: Degrees by which the stored picture is turned clockwise for display: 0, 90, 180
            or 270.
        mirrored: The stored picture is flipped for display (some selfie cameras).
    """

    def __init__(self, first: VideoFrame, stream: VideoStream) -> None:
        from av.video.reformatter import Interpolation, VideoReformatter

        self._scaling = Interpolation.BICUBIC | Interpolation.ACCURATE_RND
        self._to_planes = VideoReformatter()
        self._to_rgb = VideoReformatter()
        self._stored_width = max(1, round(first.width * _pixel_aspect(stream)))
        self._stored_height = first.height
        # High dynamic range, which phones record by default, would look grey: map it to BT.709.
        # Only then, because swscale takes seconds to prepare such a conversion.
        self._transfer = _BT709 if first.color_trc in _HDR_TRANSFERS else None
        self._turn = _display_turn(first)
        self.mirrored = bool(np.linalg.det(self._turn) < 0)
        self.rotation = _clockwise_degrees(self._turn)
        sideways = self._turn[0, 0] == 0
        size = (self._stored_width, self._stored_height)
        self.width, self.height = size[::-1] if sideways else size

    def __call__(self, frame: VideoFrame) -> NDArray[np.uint8]:
        """(h, w, 3) uint8 RGB, contiguous, the caller's to change."""
        matrix = frame.colorspace
        if matrix in _UNKNOWN_MATRICES:  # players go by the size where the file does not say
            matrix = _BT709 if min(frame.width, frame.height) > _TALLEST_SD else _BT601
        # swscale's direct path to RGB rounds down (1 to 2 levels darker); by way of planes it is
        # exact to rounding, and still fast
        planes = self._to_planes.reformat(
            frame,
            width=self._stored_width,
            height=self._stored_height,
            format="gbrp",
            src_colorspace=matrix,
            src_color_range=frame.color_range,
            dst_color_trc=self._transfer,
            dst_color_primaries=self._transfer,
            interpolation=self._scaling,
            threads=1,
        )
        rgb = self._to_rgb.reformat(planes, format="rgb24", threads=1)
        return np.ascontiguousarray(self._upright(rgb.to_ndarray().astype(np.uint8, copy=False)))

    def _upright(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Apply the signed permutation: display (x, y) = stored (x, y) @ turn, up to a shift."""
        turn = self._turn
        if turn[0, 0] == 0:  # stored x becomes display y
            picture = picture.transpose(1, 0, 2)
        x_sign, y_sign = turn.sum(axis=0)
        return picture[:: int(y_sign), :: int(x_sign)]


def _pixel_aspect(stream: VideoStream) -> Fraction:
    """Width of a stored pixel over its height; 1 where unknown or absurd."""
    aspect = stream.sample_aspect_ratio
    if not aspect or not 1 / _WIDEST_PIXEL <= aspect <= _WIDEST_PIXEL:
        return Fraction(1)
    return Fraction(aspect)


def _display_turn(frame: VideoFrame) -> NDArray[np.int64]:
    """(2, 2) signed permutation nearest to the frame's display matrix.

    The matrix is row-major for row vectors, (x', y') = (x, y) @ M, y down (ISO/IEC 14496-12,
    track header; FFmpeg's libavutil/display.h).
    """
    from av.sidedata.sidedata import Type

    unturned = np.eye(2, dtype=np.int64)
    side_data = cast("SideDataContainer", frame.side_data)
    if Type.DISPLAYMATRIX not in {data.type for data in side_data}:
        return unturned
    matrix = np.frombuffer(bytes(side_data[Type.DISPLAYMATRIX]), np.int32, 9).reshape(3, 3)
    values = matrix[:2, :2].astype(np.int64)
    straight = np.abs(np.diag(values)).sum() >= np.abs(np.diag(values[::-1])).sum()
    turn = np.sign(values) * (unturned if straight else unturned[::-1])
    return turn if np.abs(turn).sum() == 2 else unturned


def _clockwise_degrees(turn: NDArray[np.int64]) -> int:
    """Where the stored x axis points to on the display, y down."""
    x, y = int(turn[0, 0]), int(turn[0, 1])
    return {(1, 0): 0, (0, 1): 90, (-1, 0): 180, (0, -1): 270}[(x, y)]
