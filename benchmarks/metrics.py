"""Picture and motion figures. Images are RGB uint8; landmarks are px of the head crop."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

CROP_PX = 256
CROP_SCALE = 1.6
"""The head crop's side as a multiple of the face's larger extent."""
SSIM_WINDOW, SSIM_SIGMA_PX = 11, 1.5
FACE_EROSION_PX = 4
"""The rim of the face is left out where sharpness is measured: hair and background begin there."""


@dataclass(frozen=True, slots=True, eq=False)
class HeadCrop:
    """A square of constant side that follows the true face. Glossary: t = frames."""

    side: int
    """px of the full frame."""
    corners: NDArray[np.int64]
    """(t, 2) x, y of the upper left corner in px of the full frame; may lie outside it."""

    @classmethod
    def around(cls, boxes: NDArray[np.float32]) -> "HeadCrop":
        """The crop for (t, 4) boxes x0, y0, x1, y1 around all landmarks of the true frames."""
        extent = float(np.median((boxes[:, 2:] - boxes[:, :2]).max(axis=1)))
        side = max(round(CROP_SCALE * extent), 8)
        centres = (boxes[:, :2] + boxes[:, 2:]) / 2
        return cls(side=side, corners=np.round(centres - side / 2).astype(np.int64))

    def cut(
        self, frame: NDArray[np.uint8], index: int, *, size: int = CROP_PX
    ) -> NDArray[np.uint8]:
        """Frame `index`'s crop of an (h, w, 3) frame, (size, size, 3); borders repeat."""
        return cut_square(frame, self.corners[index], self.side, size)

    def to_frame(self, points: NDArray[np.float32], index: int) -> NDArray[np.float32]:
        """(n, 2) px of the crop at `CROP_PX` to the same unit with the frame's own origin."""
        return points + (self.corners[index] * (CROP_PX / self.side)).astype(np.float32)


def cut_square(
    frame: NDArray[np.uint8], corner: NDArray[np.int64], side: int, size: int
) -> NDArray[np.uint8]:
    """A square of an (h, w, 3) frame brought to `size` px: area filter, linear where it grows."""
    height, width = frame.shape[:2]
    columns = np.clip(np.arange(corner[0], corner[0] + side), 0, width - 1)
    rows = np.clip(np.arange(corner[1], corner[1] + side), 0, height - 1)
    method = cv2.INTER_AREA if side >= size else cv2.INTER_LINEAR
    square = frame[rows[:, None], columns[None]]
    return np.ascontiguousarray(cv2.resize(square, (size, size), interpolation=method))


def l1(image: NDArray[np.uint8], truth: NDArray[np.uint8]) -> float:
    """Mean absolute difference, 0 to 1."""
    return float(cv2.absdiff(image, truth).mean() / 255)


def change_error(
    images: tuple[NDArray[np.uint8], NDArray[np.uint8]],
    truths: tuple[NDArray[np.uint8], NDArray[np.uint8]],
) -> float:
    """Mean absolute difference of the change between two frames and the true change, 0 to 1."""
    change, true_change = (
        np.subtract(after, before, dtype=np.int16) for before, after in (images, truths)
    )
    return float(np.abs(change - true_change).mean() / 255)


def as_jpeg(image: NDArray[np.uint8], quality: int = 80) -> NDArray[np.uint8]:
    """An (h, w, 3) RGB image as JPEG shows it."""
    _, data = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1])


def region_masks(
    oval: NDArray[np.float32], matte: NDArray[np.uint8]
) -> dict[str, NDArray[np.bool_]]:
    """Where a head crop shows the face, the rest of the person, and the background.

    Args:
        oval: (n, 2) px, the face's contour in order.
        matte: (s, s) how much of each pixel is the person, 0 to 255.
    """
    mask = np.zeros(matte.shape, np.uint8)
    cv2.fillPoly(mask, [np.round(oval).astype(np.int32)], 1)
    face, person = mask > 0, matte > 127
    return {"face": face, "person": person & ~face, "background": ~person & ~face}


def l1_in(image: NDArray[np.uint8], truth: NDArray[np.uint8], mask: NDArray[np.bool_]) -> float:
    """Mean absolute difference where the mask is True, 0 to 1; NaN where it nowhere is."""
    return float(cv2.absdiff(image, truth)[mask].mean() / 255) if mask.any() else float("nan")


def psnr(image: NDArray[np.uint8], truth: NDArray[np.uint8]) -> float:
    """Peak signal-to-noise ratio in dB; infinite for equal images."""
    error = float(((image.astype(np.float64) - truth) ** 2).mean())
    return float("inf") if error == 0 else float(10 * np.log10(255**2 / error))


def ssim(image: NDArray[np.uint8], truth: NDArray[np.uint8]) -> float:
    """Structural similarity of the luma, 1 for equal images.

    Wang, Bovik, Sheikh, Simoncelli, "Image Quality Assessment: From Error Visibility to
    Structural Similarity", IEEE TIP 13(4), 2004: Gaussian window of 11 px with sigma 1.5,
    K1 = 0.01, K2 = 0.03, L = 255, population moments, borders narrower than the window left out.
    """
    first, second = grey(image), grey(truth)
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    mean_1, mean_2 = _blur(first), _blur(second)
    variance_1 = _blur(first * first) - mean_1**2
    variance_2 = _blur(second * second) - mean_2**2
    covariance = _blur(first * second) - mean_1 * mean_2
    luminance = (2 * mean_1 * mean_2 + c1) / (mean_1**2 + mean_2**2 + c1)
    structure = (2 * covariance + c2) / (variance_1 + variance_2 + c2)
    rim = SSIM_WINDOW // 2
    return float((luminance * structure)[rim:-rim, rim:-rim].mean())


def _blur(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return cv2.GaussianBlur(values, (SSIM_WINDOW, SSIM_WINDOW), SSIM_SIGMA_PX)


def grey(image: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(h, w) luma of an (h, w, 3) image, 0 to 255, by the weights of BT.601."""
    return image.astype(np.float64) @ np.array([0.299, 0.587, 0.114])


def landmark_distance(
    points: NDArray[np.float32],
    truth: NDArray[np.float32],
    index: NDArray[np.int32] | None = None,
) -> float:
    """Mean distance of (n, 2) landmarks in px, over those in `index` or all (AKD)."""
    gaps = np.linalg.norm(points - truth, axis=1)
    return float((gaps if index is None else gaps[index]).mean())


def roughness(track: NDArray[np.float32]) -> float:
    """RMS of the second difference over time of (t, n, 2) landmarks, px per frame squared.

    Frames with NaN take the differences they touch out; NaN if none is left.
    """
    second = np.diff(track.astype(np.float64), n=2, axis=0)
    squares = (second**2).sum(axis=-1)
    known = np.isfinite(squares)
    return float(np.sqrt(squares[known].mean())) if known.any() else float("nan")


def face_mask(landmarks: NDArray[np.float32], size: int = CROP_PX) -> NDArray[np.bool_]:
    """(size, size) True inside the face: the landmarks' convex hull without its rim."""
    mask = np.zeros((size, size), np.uint8)
    hull = cv2.convexHull(np.round(landmarks).astype(np.int32))
    cv2.fillConvexPoly(mask, hull, 1)
    kernel = np.ones((2 * FACE_EROSION_PX + 1,) * 2, np.uint8)
    return cv2.erode(mask, kernel, borderValue=0) > 0


def sharpness(image: NDArray[np.uint8], mask: NDArray[np.bool_]) -> float:
    """Variance of the Laplacian of the luma where the mask is True."""
    values = cv2.Laplacian(grey(image), cv2.CV_64F)[mask]
    return float(values.var()) if values.size else float("nan")


def edge_strength(image: NDArray[np.uint8], mask: NDArray[np.bool_]) -> float:
    """Mean gradient magnitude of the luma where the mask is True, grey levels per px."""
    if not mask.any():
        return float("nan")
    down, right = np.gradient(grey(image))
    return float(np.hypot(down, right)[mask].mean())


def border_band(
    shape: tuple[int, int], corner: tuple[int, int], side: int, width: int
) -> NDArray[np.bool_]:
    """(h, w) True on the inner rim of a pasted square, only where the rim lies in the picture.

    Args:
        shape: h, w of the picture.
        corner: x, y of the square's upper left corner; may be negative.
        side: Its side in px.
        width: Of the rim in px.
    """
    height, total = shape
    rows, columns = np.arange(height)[:, None], np.arange(total)[None]
    x, y = corner
    inside = (columns >= x) & (columns < x + side) & (rows >= y) & (rows < y + side)
    rim = np.zeros(shape, bool)
    if x > 0:
        rim |= columns < x + width
    if x + side < total:
        rim |= columns >= x + side - width
    if y > 0:
        rim |= rows < y + width
    if y + side < height:
        rim |= rows >= y + side - width
    return inside & rim


def oval_band(contour: NDArray[np.float32], width: int, size: int = CROP_PX) -> NDArray[np.bool_]:
    """(size, size) True within `width` px of a closed (n, 2) contour: where a face ends."""
    mask = np.zeros((size, size), np.uint8)
    points = np.round(contour).astype(np.int32)[None]
    cv2.polylines(mask, points, isClosed=True, color=1, thickness=2 * width + 1)
    return mask > 0
