"""The first-order motion engine: a driven face in, a frame of the person out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from avatar.appearance import Appearance
from capture.landmark_rig import LandmarkRig
from capture.landmarks import FACE_OVAL, INNER_LIPS, LEFT_IRIS, RIGHT_IRIS
from reenact.eyeballs import Eyeballs
from reenact.mesh import landmark_mesh
from reenact.mouth import MouthInterior
from reenact.rim import borders, rim
from reenact.selection import Selector, face_regions
from reenact.surroundings import GRID_STEP, RIM_START, RIM_STOP, References, Surroundings
from reenact.warp import FLOOR, lay_over, vertex_validity, warp_face

BAND_PX = 2.5
"""Standard deviation of the blur that separates the coarse band from the fine one."""
SHARPEN_PX, SHARPEN_AMOUNT = 0.8, 1.1
MOVED_GAIN = 8.0
"""How soon the rendered crop replaces the source frame where motion sets in."""
EDGE_PX = 5
"""Width of the soft edge where the face ends against what is behind it."""
BEND_STEPS = 2
IRISES = np.concatenate([RIGHT_IRIS, LEFT_IRIS])


@dataclass(frozen=True, slots=True, eq=False)
class DrivenFace:
    """Where the person's landmarks shall be in one frame."""

    landmarks: NDArray[np.float32]
    """(478, 3) px of the source frame: x right, y down, z away."""
    shape: NDArray[np.float32]
    """(478, 3) metres, the same face in canonical head space."""
    rotation: NDArray[np.float32]
    """(3, 3) its head rotation."""
    sway: NDArray[np.float32] | None = None
    """(n, n, 3) what is around the driving head, see `MotionSequence.sway`; None if it is not to
    be followed."""


@dataclass(frozen=True, slots=True, eq=False)
class Prospect:
    """What is known of a frame before it is drawn. Glossary: r = references."""

    shares: NDArray[np.float32]
    """(2, r) the references' shares in the face and around it."""
    sketch: Callable[[NDArray[np.float32], int], tuple[NDArray[np.uint8], NDArray[np.uint8]]]
    """Draws it small under a flow, see `Surroundings.sketch`."""


Bend = Callable[[Prospect], NDArray[np.float32] | None]
"""From a prospect to a flow (g, g, 2) on the nodes of the crop's grid, in px of the crop: where to
look instead of at each node. None leaves the frame as it is."""


@dataclass(frozen=True, slots=True, eq=False)
class RenderedHead:
    """One frame's head crop, and where it differs from the source frame at all."""

    image: NDArray[np.uint8]
    """(s, s, 3) RGB."""
    moved: NDArray[np.float32]
    """(g, g) in [0, 1] on a coarse grid over the crop: 0 where the source frame stands still."""
    matte: NDArray[np.uint8] | None = None
    """(s, s) how much of each pixel is the person; only if the engine was given mattes to move."""
    coverage: NDArray[np.float32] | None = None
    """(s, s) in [0, 1]: how much of each pixel is the face's surface, as far as an engine knows."""
    blend: NDArray[np.float32] | None = None
    """(2, r) the references' shares in the face and around it, if an engine has references."""


class FirstOrderEngine:
    """Renders one person. Holds the references at the rendering size; no state between frames."""

    def __init__(
        self,
        appearance: Appearance,
        *,
        mouth: MouthInterior | None = None,
        size: int = 512,
        cutouts: Sequence[NDArray[np.uint8]] | None = None,
        redirects_gaze: bool = False,
    ) -> None:
        """Prepare the references.

        Args:
            appearance: Of the person.
            mouth: What is behind the lips where no reference shows it.
            size: Side of the rendered head crop in px.
            cutouts: A matte (c, c) of each reference, moved along so that each head gets one.
            redirects_gaze: Draw eyes anew that look where no reference does.
        """
        self._mouth, self._size = mouth, size
        crop = appearance.crop
        self._scale = size / crop.side
        self._corner = np.array([crop.x, crop.y], np.float32)
        rig = LandmarkRig.load()
        self._rig = rig
        mesh = landmark_mesh()
        self._faces, self._two_sided = mesh.faces, mesh.at_lips
        images = np.stack([_fit(item.image, size) for item in appearance.references])
        mattes = np.stack([_fit(item.matte, size) for item in appearance.references])
        moving = None if cutouts is None else np.stack([_fit(each, size) for each in cutouts])
        self._crisp = np.stack([_sharpen(image) for image in images])
        self._coarse = np.stack([cv2.GaussianBlur(image, (0, 0), BAND_PX) for image in images])
        placed = np.stack([item.landmarks for item in appearance.references])
        in_crop = self._to_crop(placed)
        self._sources = np.ascontiguousarray(in_crop[:, :, :2])
        self._eyeballs = Eyeballs(self._sources, self._crisp) if redirects_gaze else None
        poses = rig.align(placed)
        shapes = poses.to_canonical(placed)
        self._selector = Selector(
            regions=face_regions(rig.neutral), shapes=shapes, rotations=poses.rotation
        )
        self._surroundings = Surroundings(
            References(
                images=images,
                mattes=mattes[..., None],
                landmarks=in_crop,
                plate=_fit(appearance.plate, size),
                cutouts=None if moving is None else moving[..., None],
            ),
            rim(borders(appearance), size // GRID_STEP + 1, RIM_START, RIM_STOP),
        )
        self._opacity = np.ones(len(rig.neutral), np.float32)
        self._opacity[FACE_OVAL] = 0

    @property
    def device(self) -> str:
        """What the frames are computed on."""
        return "cpu"

    @property
    def size(self) -> int:
        """Side of the rendered crop in px."""
        return self._size

    def _to_crop(self, landmarks: NDArray[np.float32]) -> NDArray[np.float32]:
        """(..., 3) px of the source frame to px of the rendered crop (pixel centres)."""
        out = landmarks * np.float32(self._scale)
        out[..., :2] = (landmarks[..., :2] - self._corner) * self._scale - 0.5
        return out

    def render(
        self,
        face: DrivenFace,
        *,
        allowed: NDArray[np.bool_] | None = None,
        bend: Bend | None = None,
    ) -> RenderedHead:
        """Draw the head crop.

        Args:
            face: Where it shall be.
            allowed: (r,) which references may be chosen; all by default. The first, the source
                frame's, is always what lies far from the face.
            bend: A correction of where things lie. It goes into the places that the references
                are sampled at, so that nothing is sampled twice.
        """
        blend = self._selector.weights(face.shape, face.rotation, allowed)  # (regions, r)
        driving = self._to_crop(face.landmarks)
        pose = self._rig.align(driving[None])
        beside = self._surroundings.weights(pose, allowed)
        shares = np.stack([blend[0], beside])
        plan = self._surroundings.plan(driving, pose, beside)
        flow = None
        if bend is not None:
            flow = bend(Prospect(shares, partial(self._surroundings.sketch, plan)))
        placed = driving.copy() if flow is None else _bent(driving, flow)
        # an iris reaches under the lids: whatever else is drawn there hides it
        placed[IRISES, 2] += self._size
        over, coverage = self._inside(face, placed, blend)
        around = self._surroundings.draw(plan, coverage, flow)
        out = np.empty(over.shape, np.uint8)
        lay_over(around.image, over, coverage, out)
        moved = np.clip(around.moved * MOVED_GAIN, 0, 1)
        return RenderedHead(
            image=out,
            moved=moved,
            matte=around.matte,
            coverage=coverage,
            blend=shares,
        )

    def _inside(
        self, face: DrivenFace, driving: NDArray[np.float32], blend: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The face, (size, size, 3), and how much it covers, (size, size)."""
        flat = np.ascontiguousarray(driving[:, :2])
        validity = vertex_validity(flat, self._sources, self._faces)  # (r, v)
        shares = np.stack([region.share for region in self._selector.regions])
        weights = blend.T @ shares * (validity + FLOOR) ** 2
        over = np.empty((self._size, self._size, 3), np.float32)
        coverage = np.empty((self._size, self._size), np.float32)
        warp_face(
            driving,
            self._sources,
            self._crisp,
            self._coarse,
            weights / np.maximum(weights.sum(axis=0), 1e-9),
            self._opacity,
            self._faces,
            self._two_sided,
            over,
            coverage,
        )
        # a turned cheek ends in triangles; the edge of what they cover is made smooth
        soft = 2 * cv2.blur(coverage, (EDGE_PX, EDGE_PX)) - 1
        np.clip(soft, 0, coverage, out=coverage)
        if self._eyeballs is not None:
            self._eyeballs.draw(over, flat, weights)
        if self._mouth is not None:
            lips = flat[INNER_LIPS]
            needed = _area(lips)
            shown = np.clip(_area(self._sources[:, INNER_LIPS]) / max(needed, 1.0), 0, 1)
            weight = weights[:, INNER_LIPS].mean(axis=1)
            self._mouth.draw(
                over,
                shape=face.shape,
                pose=self._rig.align(face.landmarks[None]),
                lips=lips,
                scale=self._scale,
                corner=self._corner,
                shown=float(weight @ shown / max(weight.sum(), 1e-9)),
            )
        return over, coverage


def _bent(driving: NDArray[np.float32], flow: NDArray[np.float32]) -> NDArray[np.float32]:
    """Where (478, 3) landmarks appear when each place z shows what was at z + flow(z)."""
    placed = driving.copy()
    for _ in range(BEND_STEPS):  # v = z + flow(z), by fixed-point iteration
        nodes = np.ascontiguousarray(placed[None, :, :2] / GRID_STEP)
        there = cv2.remap(flow, nodes, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0]
        placed[:, :2] = driving[:, :2] - there
    return placed


def _area(polygon: NDArray[np.float32]) -> NDArray[np.float32]:
    """Area of (..., n, 2) polygons, px² (the shoelace formula)."""
    x, y = polygon[..., 0], polygon[..., 1]
    return np.abs((x * np.roll(y, -1, -1) - y * np.roll(x, -1, -1)).sum(axis=-1)) / 2


def _sharpen(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Lift the finest detail by what the bilinear samples on its way to the output will cost."""
    blurred = cv2.GaussianBlur(image, (0, 0), SHARPEN_PX)
    return cv2.addWeighted(image, 1 + SHARPEN_AMOUNT, blurred, -SHARPEN_AMOUNT, 0)


def _fit(image: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    if len(image) == size:
        return image
    method = cv2.INTER_AREA if len(image) > size else cv2.INTER_CUBIC
    return np.ascontiguousarray(cv2.resize(image, (size, size), interpolation=method))
