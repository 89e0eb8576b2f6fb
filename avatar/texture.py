"""Blends a head's texture from pictures.

Each picture is carried onto the texture where the head is visible, brought to a common exposure
and white balance, and blended in two bands (P. Burt, E. Adelson, "A multiresolution spline with
application to image mosaics", 1983): smooth shading is averaged over the pictures, detail comes
from the best one, so pores and brows do not ghost. Eyes, teeth, tongue and mouth are never read
from pictures: closed lips would be smeared over the teeth.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from avatar.errors import AvatarError
from avatar.fit import FittedHead
from avatar.texture_fill import dilate_islands, fill_unseen, mirror_fill
from avatar.texture_parts import paint_parts
from avatar.texture_views import TexelGrid, ViewSample, lid_trust, sample_view, texel_grid
from capture.arkit import ARKIT_INDEX

TEXTURE_SIDE = 1024
MATCHING_SIDE = 256
LOW_BAND_SHARE = 1.0 / 64.0
"""Blur of the low band, as a share of the texture's side: about 4 mm on the face."""
DETAIL_POWER = 6
"""How strongly the best picture wins the detail."""
FULL_TRUST = 0.25
"""Trust of a texel seen well by one picture; confidence is 1 from here on."""

Masks = Sequence[NDArray[np.float32] | None]
Gains = NDArray[np.float64]  # (m, 3, 2): gain and offset of each picture and channel


def bake_texture(
    head: FittedHead,
    images: Sequence[NDArray[np.uint8]],
    *,
    masks: Masks | None = None,
    size: int = TEXTURE_SIDE,
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Blend the texture of a fitted head.

    Args:
        head: Fitted to the same pictures.
        images: One (h, w, 3) sRGB picture per view of the head, in its order and size.
        masks: For each picture (h, w) in [0, 1], 0 where something else hides or surrounds the
            person; None entries are not masked.
        size: Side of the texture in px.

    Returns:
        (size, size, 3) uint8 sRGB, row 0 at v = 1, and (size, size) float32 confidence in [0, 1]:
        1 where pictures show the skin well, 0 where it was made up or is no skin.

    Raises:
        AvatarError: Pictures and views do not belong together.
    """
    _check(head, images)
    masks = masks if masks is not None else [None] * len(images)
    coarse = texel_grid(head.model, MATCHING_SIDE, "skin")
    gains = match_colours([_sample(head, coarse, images, masks, k) for k in range(len(images))])
    grid = texel_grid(head.model, size, "skin")
    colours, trust = _blend(head, grid, images, masks, gains)
    confidence = np.clip(trust / FULL_TRUST, 0.0, 1.0)
    colours, trust = mirror_fill(grid, head.model, colours, confidence)
    skin = fill_unseen(grid, head.model, colours, np.clip(trust * 8.0 - 0.2, 0.0, 1.0))
    texture, covered = paint_parts(head, images, np.clip(skin, 0.0, 1.0), grid)
    texture = dilate_islands(texture, covered)
    pixels = (np.clip(texture, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)
    return pixels, confidence.astype(np.float32)


def _check(head: FittedHead, images: Sequence[NDArray[np.uint8]]) -> None:
    if len(images) != len(head.cameras) or not images:
        raise AvatarError(
            f"{len(images)} pictures for {len(head.cameras)} views",
            hint="Give the pictures that the head was fitted to, in the same order.",
        )
    for number, (image, camera) in enumerate(zip(images, head.cameras, strict=True)):
        if image.shape != (camera.height, camera.width, 3) or image.dtype != np.uint8:
            raise AvatarError(
                f"picture {number} is {image.dtype} {image.shape}, its view is "
                f"{camera.width} x {camera.height}",
                hint="Give 8-bit RGB pictures of the size that was tracked.",
            )


def _sample(
    head: FittedHead,
    grid: TexelGrid,
    images: Sequence[NDArray[np.uint8]],
    masks: Masks,
    view: int,
) -> ViewSample:
    return sample_view(
        grid,
        head.model,
        head.shape(view),
        head.poses[view],
        head.cameras[view],
        images[view],
        vertex_trust=lid_trust(head.model, head.coefficients[view]),
        mask=masks[view],
    )


def match_colours(samples: Sequence[ViewSample], *, rounds: int = 4) -> Gains:
    """Gain and offset that bring each picture to the common colour of overlapping texels.

    Args:
        samples: Pictures on one small texture.
        rounds: Alternations between the common colour and the pictures.

    Returns:
        (m, 3, 2) gain and offset, close to (1, 0) where pictures hardly overlap; their average is
        the exposure of the best picture.
    """
    colours = np.stack([sample.colours for sample in samples]).astype(np.float64)  # (m, s, s, 3)
    trust = np.stack([sample.trust for sample in samples]).astype(np.float64)
    best = int(np.argmax(trust.sum(axis=(1, 2))))
    gains = np.zeros((len(samples), 3, 2))
    gains[..., 0] = 1.0
    for _ in range(rounds):
        matched = colours * gains[:, None, None, :, 0] + gains[:, None, None, :, 1]
        total = np.maximum(trust.sum(axis=0), 1e-9)
        common = (trust[..., None] * matched).sum(axis=0) / total[..., None]
        for view in range(len(samples)):
            shared = trust[view] * ((total - trust[view]) > 0.02)
            gains[view] = _fit_gain(colours[view], common, shared)
        # Everything stays relative to the best picture, or the common colour would fade away.
        gain, offset = gains[best, :, 0].copy(), gains[best, :, 1].copy()
        gains[..., 0] /= gain
        gains[..., 1] = (gains[..., 1] - offset) / gain
    return gains


def _fit_gain(
    source: NDArray[np.float64], target: NDArray[np.float64], weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(3, 2) weighted least squares of target = gain * source + offset, held near (1, 0)."""
    gains = np.zeros((3, 2))
    strength = 0.002 * max(float(weight.sum()), 1.0)
    for channel in range(3):
        a = np.stack([source[..., channel].ravel(), np.ones(weight.size)], axis=1)
        weighted = a * weight.ravel()[:, None]
        matrix = weighted.T @ a + strength * np.diag([1.0, 4.0])
        right = weighted.T @ target[..., channel].ravel() + strength * np.array([1.0, 0.0])
        gains[channel] = np.linalg.solve(matrix, right)
    return gains


def _blend(
    head: FittedHead,
    grid: TexelGrid,
    images: Sequence[NDArray[np.uint8]],
    masks: Masks,
    gains: Gains,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Two-band blend of all pictures: colours (size, size, 3) and trust (size, size)."""
    import cv2

    blur = grid.size * LOW_BAND_SHARE
    low = np.zeros((grid.size, grid.size, 3), np.float32)
    high = np.zeros_like(low)
    low_total = np.zeros((grid.size, grid.size), np.float32)
    high_total = np.zeros_like(low_total)
    trust = np.zeros_like(low_total)
    for view in range(len(images)):
        sample = _sample(head, grid, images, masks, view)
        calm = _calmness(head.coefficients[view])
        gain = gains[view].astype(np.float32)
        colours = sample.colours * gain[:, 0] + gain[:, 1]
        seen = (sample.trust > 0.0).astype(np.float32)
        inside = np.maximum(_blurred(seen, blur), 1e-4)
        smooth = _blurred(colours * seen[..., None], blur) / inside[..., None]
        # Trust fades towards the edge of what is seen, or its border would be drawn on the skin.
        soft = calm * cv2.GaussianBlur(sample.trust, (0, 0), blur / 2.0) * sample.trust**0.5
        keen = _detail_weight(soft)
        low += soft[..., None] * smooth
        high += keen[..., None] * (colours - smooth)
        low_total += soft
        high_total += keen
        trust = np.maximum(trust, sample.trust)
    mean = low / np.maximum(low_total, 1e-12)[..., None]
    detail = high / np.maximum(high_total, 1e-30)[..., None]
    return (mean + detail).astype(np.float32), trust


def _calmness(coefficients: NDArray[np.float32]) -> np.float32:
    """How much a picture counts: folds and stretched skin of strong expressions do not belong."""
    moving = coefficients[ARKIT_INDEX["jawForward"] :]
    return np.float32(1.0 / (1.0 + (float((moving**2).sum()) / 0.25)))


def _detail_weight(trust: NDArray[np.float32]) -> NDArray[np.float32]:
    return ((trust + 1e-3) ** DETAIL_POWER) * (trust > 0.0)


def _blurred(values: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    """Gaussian blur at a quarter of the resolution, where it cannot be told from the exact one."""
    import cv2

    height, width = values.shape[:2]
    small = cv2.resize(values, (width // 4, height // 4), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigma / 4.0)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
