"""What one picture shows of the head's texture: visibility, trust and sampled colours."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar.camera import Camera, Pose
from avatar.head_model import PARTS, HeadModel
from avatar.raster import Fragments, rasterize
from capture.arkit import ARKIT_INDEX

DEPTH_TOLERANCE_M = 0.004
"""A texel this much behind the nearest surface is hidden."""
LEAST_FACING = 0.2
"""Cosine between the normal and the line of sight below which a texel is not read."""
SILHOUETTE_MARGIN_M = 0.004
"""Texels this near to the outline may show the background."""

OPENINGS = (
    (("eye_left", "eye_right"), 0.0018),
    (("teeth_upper", "teeth_lower", "tongue", "cavity"), 0.0010),
)
"""Parts that show through the lids and lips, and how far from them the skin is trusted, metres."""


@dataclass(frozen=True, slots=True, eq=False)
class TexelGrid:
    """The texels of some islands on the mesh, rasterised once per texture size. p of them."""

    covered: NDArray[np.bool_]
    """(size, size) where the texels lie, row 0 at the top (v = 1)."""
    corners: NDArray[np.int32]
    """(p, 3) vertices of the triangle that each one lies in."""
    barycentric: NDArray[np.float32]
    """(p, 3) weights of its corners."""
    faces: NDArray[np.int32]
    """(f, 3) the triangles of these islands."""

    @property
    def size(self) -> int:
        """Texture side."""
        return len(self.covered)

    def at_texels(self, values: NDArray[np.floating]) -> NDArray[np.float32]:
        """Per-vertex values (v, c) at the texels, (p, c)."""
        values = values.astype(np.float32)
        out = np.zeros((len(self.corners), values.shape[1]), np.float32)
        for corner in range(3):
            out += self.barycentric[:, corner, None] * values[self.corners[:, corner]]
        return out

    def interpolate(self, values: NDArray[np.floating]) -> NDArray[np.float32]:
        """The same as a picture, (size, size, c), 0 beside the islands."""
        out = np.zeros((*self.covered.shape, values.shape[1]), np.float32)
        out[self.covered] = self.at_texels(values)
        return out


def texel_grid(model: HeadModel, size: int, *parts: str) -> TexelGrid:
    """Rasterise the atlas islands of some parts."""
    faces = model.faces[model.part(*parts)]
    flat = np.zeros((len(model.uv), 3), np.float32)
    flat[:, 0] = model.uv[:, 0] * size - 0.5
    flat[:, 1] = (1.0 - model.uv[:, 1]) * size - 0.5
    fragments = rasterize(flat, faces, size, size)
    covered = fragments.face_index >= 0
    return TexelGrid(
        covered=covered,
        corners=faces[fragments.face_index[covered]],
        barycentric=fragments.barycentric[covered],
        faces=faces,
    )


@dataclass(frozen=True, slots=True, eq=False)
class ViewSample:
    """One picture carried onto the texture."""

    colours: NDArray[np.float32]
    """(size, size, 3) sRGB in [0, 1]."""
    trust: NDArray[np.float32]
    """(size, size) 0 where the texel is not seen."""


def sample_view(
    grid: TexelGrid,
    model: HeadModel,
    shape: NDArray[np.float32],
    pose: Pose,
    camera: Camera,
    image: NDArray[np.uint8],
    *,
    vertex_trust: NDArray[np.float32],
    mask: NDArray[np.float32] | None = None,
) -> ViewSample:
    """Read a picture at the texels that it shows.

    Args:
        grid: Texels of the skin.
        model: Topology.
        shape: (v, 3) the person with this picture's expression, head space.
        pose: Head to camera.
        camera: Its size is the image's.
        image: (h, w, 3) sRGB.
        vertex_trust: (v,) in [0, 1], see `lid_trust`.
        mask: (h, w) in [0, 1], 0 where the picture does not show the person.
    """
    import cv2

    points = pose.apply(shape)
    projected = camera.project(points).astype(np.float32)
    solid = model.faces[~model.part("lashes")]
    drawn = rasterize(projected, solid, camera.width, camera.height)
    sight = -points / np.linalg.norm(points, axis=1, keepdims=True)
    normals = model.normals(shape) @ pose.rotation.T
    facing = (normals * sight).sum(axis=1)
    texels = grid.interpolate(np.column_stack([projected, facing, vertex_trust]))
    x, y, depth, facing, steady = (np.ascontiguousarray(one) for one in np.moveaxis(texels, 2, 0))
    behind = cv2.remap(
        np.where(np.isfinite(drawn.depth), drawn.depth, 0.0),
        x,
        y,
        cv2.INTER_NEAREST,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=0.0,
    )
    visible = grid.covered & (depth < behind + DEPTH_TOLERANCE_M)
    metre_px = camera.focal_px / float(-pose.translation[2])
    inside = _inside_outline(drawn, SILHOUETTE_MARGIN_M * metre_px)
    inside *= _clear_of_openings(drawn, model.parts[~model.part("lashes")], metre_px)
    if mask is not None:
        inside = inside * mask
    trust = np.clip(facing - LEAST_FACING, 0.0, 1.0) ** 2.5 * visible * steady
    trust *= cv2.remap(inside.astype(np.float32), x, y, cv2.INTER_LINEAR)
    picture, shrink = _matched_resolution(image, x, y, grid.covered)
    colours = cv2.remap(
        picture, x * shrink, y * shrink, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return ViewSample(colours.astype(np.float32) / 255.0, trust.astype(np.float32))


def lid_trust(model: HeadModel, coefficients: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far the skin can be read in one picture, (v,): not on an open eye's folded upper lid.

    There the picture shows lashes, the lid's shadow or the eye itself. A closed lid is read.

    Args:
        model: The head.
        coefficients: (52,) of the picture.
    """
    trust = np.ones(len(model.vertices), np.float32)
    for side in ("Left", "Right"):
        action = ARKIT_INDEX[f"eyeBlink{side}"]
        moved = np.linalg.norm(model.deltas[action], axis=1)
        folded = np.clip((moved / moved.max() - 0.2) / 0.25, 0.0, 1.0)
        closed = np.clip((coefficients[action] - 0.4) / 0.3, 0.0, 1.0)
        trust *= 1.0 - folded * (1.0 - closed)
    return trust


def _clear_of_openings(
    drawn: Fragments, parts: NDArray[np.uint8], metre_px: float
) -> NDArray[np.float32]:
    """(h, w) 0 beside eyeballs and teeth: a small error of the fit would print them on the skin."""
    import cv2

    part = np.where(drawn.face_index >= 0, parts[drawn.face_index], PARTS.index("skin"))
    clear = np.ones(part.shape, np.float32)
    for names, margin_m in OPENINGS:
        shown = np.isin(part, [PARTS.index(name) for name in names])
        if shown.any():
            distance = cv2.distanceTransform((~shown).astype(np.uint8), cv2.DIST_L2, 3)
            clear *= np.clip(distance / max(margin_m * metre_px, 1.0) - 0.5, 0.0, 1.0)
    return clear


def _inside_outline(drawn: Fragments, margin_px: float) -> NDArray[np.float32]:
    """(h, w) 0 at the head's outline and at jumps of depth, 1 some millimetres inside."""
    import cv2

    margin = max(1.5, margin_px)
    depth = np.where(np.isfinite(drawn.depth), drawn.depth, 10.0).astype(np.float32)
    reach = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    jump = cv2.dilate(depth, reach) - depth > 0.012
    distance = cv2.distanceTransform((~jump).astype(np.uint8), cv2.DIST_L2, 3)
    covered = drawn.face_index >= 0
    return np.where(covered, np.clip(distance / margin - 0.3, 0.0, 1.0), 0.0).astype(np.float32)


def _matched_resolution(
    image: NDArray[np.uint8],
    x: NDArray[np.float32],
    y: NDArray[np.float32],
    covered: NDArray[np.bool_],
) -> tuple[NDArray[np.uint8], float]:
    """Shrink a picture whose pixels are finer than the texels; also by how much."""
    import cv2

    both = covered[:, 1:] & covered[:, :-1]
    step = np.hypot(np.diff(x, axis=1), np.diff(y, axis=1))[both]
    ratio = float(np.percentile(step, 30)) if len(step) else 1.0
    if ratio <= 1.3:
        return image, 1.0
    height, width = image.shape[:2]
    size = (max(1, round(width / ratio)), max(1, round(height / ratio)))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA), 1.0 / ratio
