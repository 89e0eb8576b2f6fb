"""A plain picture of a head, good enough for a face tracker: Lambert shading, painted features."""

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from avatar.raster import Fragments, interpolate, rasterize
from synthetic.head_mesh import PARTS, HeadMesh

VERTICAL_FOV_DEG = 25.0
"""Narrow, as in a portrait photograph."""


@dataclass(frozen=True, slots=True)
class Look:
    """Colours of one painted head, sRGB in [0, 1]."""

    skin: tuple[float, float, float] = (0.80, 0.62, 0.53)
    lips: tuple[float, float, float] = (0.66, 0.32, 0.32)
    brows: tuple[float, float, float] = (0.20, 0.14, 0.11)
    hair: tuple[float, float, float] = (0.16, 0.11, 0.09)
    iris: tuple[float, float, float] = (0.20, 0.13, 0.09)
    background: tuple[float, float, float] = (0.42, 0.46, 0.50)


def mask_at_vertices(mesh: HeadMesh, encoded: bytes) -> NDArray[np.float64]:
    """Sample an encoded MakeHuman mask image (white = inside) at the skin's vertices, (v,)."""
    image = np.asarray(Image.open(io.BytesIO(encoded)).convert("L"), np.float64) / 255.0
    size = np.array([image.shape[1] - 1, image.shape[0] - 1])
    columns, rows = np.rint(mesh.uv * size).astype(np.int64).T
    values = image[size[1] - rows, columns]
    out = np.zeros(len(mesh.vertices))
    skin = mesh.parts == PARTS.index("skin")
    np.maximum.at(out, mesh.faces[skin].ravel(), values[mesh.face_uv[skin]].ravel())
    return out


def paint(mesh: HeadMesh, lips: NDArray[np.float64], look: Look) -> NDArray[np.float32]:
    """Vertex colours (v, 3) of a head with tinted lips, brows, lashes and a cap of hair."""
    points = mesh.vertices
    colours = np.tile(np.array(look.skin), (len(points), 1))
    x, y, z = np.abs(points[:, 0]), points[:, 1], points[:, 2]
    hairline = 0.072 - 0.9 * np.maximum(0.0, x - 0.045) - 0.25 * np.maximum(0.0, -0.035 - z)
    hair = (y > hairline) | ((z < -0.075) & (y > -0.085) & (x < 0.078))
    blend(colours, hair.astype(float), look.hair)
    arch = 0.0165 + 0.004 * np.sin(np.clip((x - 0.010) / 0.042, 0, 1) * np.pi * 0.75)
    brow = (np.abs(y - arch) < 0.0045) & (x > 0.009) & (x < 0.051) & (z > -0.02)
    blend(colours, 0.8 * brow, look.brows)
    blend(colours, lips, look.lips)
    for part, colour in (
        ("cavity", (0.25, 0.08, 0.07)),
        ("teeth_upper", (0.90, 0.87, 0.80)),
        ("teeth_lower", (0.86, 0.83, 0.76)),
        ("tongue", (0.62, 0.30, 0.30)),
        ("lashes", (0.25, 0.18, 0.15)),
    ):
        colours[np.unique(mesh.faces[mesh.parts == PARTS.index(part)])] = colour
    return colours.astype(np.float32)


def blend(
    colours: NDArray[np.float64], amount: NDArray[np.float64], colour: tuple[float, float, float]
) -> None:
    """Move `colours` (v, 3) towards `colour` by `amount` (v,), in place."""
    colours += amount[:, None] * (np.array(colour) - colours)


def eye_colours(mesh: HeadMesh, fragments: Fragments, look: Look) -> tuple[NDArray, NDArray]:
    """Pixels that show an eyeball (h, w) bool, and their colours (p, 3): iris, pupil and white.

    The iris is the 5.9 mm disc about the pole of the eyeball at rest, so it turns with the eye.
    """
    parts = mesh.parts[fragments.face_index]
    inside = np.zeros(parts.shape, bool)
    radius = np.zeros(parts.shape)
    rest = interpolate(fragments, mesh.faces, mesh.vertices.astype(np.float32))
    for eye in ("eye_left", "eye_right"):
        here = (parts == PARTS.index(eye)) & (fragments.face_index >= 0)
        points = mesh.vertices[np.unique(mesh.faces[mesh.parts == PARTS.index(eye)])]
        centre = (points.min(axis=0) + points.max(axis=0)) / 2.0
        radius[here] = np.linalg.norm((rest[here] - centre)[:, :2], axis=1)
        radius[here & (rest[..., 2] < centre[2])] = 1.0
        inside |= here
    r = radius[inside, None]
    colours = np.where(r < 0.0059, np.array(look.iris), np.array([0.88, 0.86, 0.84]))
    return inside, np.where(r < 0.0022, 0.02, colours)


def project(
    points: NDArray[np.float64], rotation: NDArray[np.float64], *, size: int, distance_m: float
) -> NDArray[np.float32]:
    """Pinhole projection of head-space points to (v, 3) px and depth in metres."""
    view = points @ rotation.T - np.array([0.0, -0.025, distance_m])
    focal = size / 2.0 / np.tan(np.radians(VERTICAL_FOV_DEG) / 2.0)
    depth = -view[:, 2]
    centre = (size - 1) / 2.0
    return np.stack(
        [centre + focal * view[:, 0] / depth, centre - focal * view[:, 1] / depth, depth], axis=1
    ).astype(np.float32)


def render(
    mesh: HeadMesh,
    vertices: NDArray[np.float64],
    colours: NDArray[np.float32],
    rotation: NDArray[np.float64],
    *,
    look: Look,
    size: int = 512,
    distance_m: float = 0.85,
    light: tuple[float, float, float] = (0.25, 0.35, 0.9),
) -> tuple[NDArray[np.uint8], Fragments]:
    """Draw the posed head.

    Args:
        mesh: Topology and rest shape.
        vertices: (v, 3) current shape, metres.
        colours: (v, 3) from `paint`.
        rotation: (3, 3) head to camera-aligned world; the camera looks along -Z.
        look: Colours of eyes and background.
        size: Image side in px.
        distance_m: Camera to the eyes.
        light: Direction towards the light.

    Returns:
        (size, size, 3) uint8 sRGB and the fragments.
    """
    projected = project(vertices, rotation, size=size, distance_m=distance_m)
    # Lashes are solid ribbons without a texture: drawn, they would hide the lids' edges.
    drawn = np.where((mesh.parts == PARTS.index("lashes"))[:, None], 0, mesh.faces)
    fragments = rasterize(projected, drawn.astype(np.int32), size, size)
    normals = vertex_normals(vertices, mesh.faces) @ rotation.T
    direction = np.array(light) / np.linalg.norm(light)
    shade = 0.50 + 0.55 * np.clip(normals @ direction, 0.0, None)
    image = np.tile(np.array(look.background, np.float32), (size, size, 1))
    covered = fragments.face_index >= 0
    albedo = interpolate(fragments, mesh.faces, colours)
    inside, eyes = eye_colours(mesh, fragments, look)
    albedo[inside] = eyes
    shading = interpolate(fragments, mesh.faces, shade[:, None].astype(np.float32))
    image[covered] = (albedo * shading)[covered]
    return (np.clip(image, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8), fragments


def vertex_normals(vertices: NDArray[np.float64], faces: NDArray[np.int32]) -> NDArray[np.float64]:
    """Area-weighted unit normals (v, 3)."""
    corners = vertices[faces]
    face_normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros_like(vertices)
    for corner in range(3):
        np.add.at(normals, faces[:, corner], face_normals)
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
