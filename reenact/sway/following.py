"""Moving a person's hair, neck and shoulders as a driver's are seen to move.

References and regression say where things usually are for a pose; what they say jumps a little when
other references take over, and a body does as it likes. So from frame to frame things move as in
the driving video, and where they are for longer is what the references say: a complementary filter
whose memory fades, so that nothing drifts.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from avatar.appearance import Appearance
from capture.landmark_rig import LandmarkRig
from capture.landmarks import FACE_OVAL
from reenact.alignment.bending import on_nodes
from reenact.alignment.view import SIDE, View
from reenact.engine import DrivenFace, Prospect
from reenact.surroundings import GRID_STEP
from reenact.sway.square import NODES, PX, MotionSeeker, cut

MEMORY_S = 1.0
"""Time in which what was followed fades to a third."""
TURNING_DEGREES_S = 25.0
"""Turning heads show other sides of themselves, of two people too different ones to be followed: at
this speed a third of the change is believed."""
STEADY_S = 0.2
"""Over which turns are averaged: what a tracker trembles is no turn."""
FURTHEST = 0.08
"""Of the square's side: nothing is moved further."""
SMALLEST_PX = 80
"""Side of the head square in a sketch, at least."""
SPREAD = ((3, 0.1), (7, 0.01))
"""(nodes, trust): an unknown motion is that of known ones near it."""
AROUND = 3
"""Nodes around the person that move along."""


class SwayBend:
    """Bends the frames of one person as a driver sways. A `Bender`; remembers the frame before."""

    def __init__(self, appearance: Appearance, *, size: int, fps: float) -> None:
        """Prepare.

        Args:
            appearance: Of the person.
            size: Side of the rendered crop in px.
            fps: Frames a second.
        """
        self._size, self._fps = size, fps
        self._keep = np.float32(np.exp(-1 / (MEMORY_S * fps)))
        crop = appearance.crop
        self._scale = size / crop.side
        self._corner = np.array([crop.x, crop.y], np.float32)
        self._rig, self._seeker = LandmarkRig.load(), MotionSeeker()
        square = self._view(appearance.references[0].landmarks).step * SIDE
        self._shrink = 4 if square >= 4 * SMALLEST_PX else 2
        self._before: tuple[NDArray[np.uint8], View] | None = None
        self._facing = np.zeros(3, np.float32)
        self._offset = np.zeros((NODES, NODES, 2), np.float32)

    def _view(self, landmarks: NDArray[np.float32]) -> View:
        pose = self._rig.align(landmarks[None])
        return View.of_head(pose, scale=self._scale, corner=self._corner)

    def bend(
        self, face: DrivenFace, prospect: Prospect, flow: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Add the sway to a flow (g, g, 2)."""
        if face.sway is None:
            self._before = None
            self._offset[:] = 0
            return flow
        coloured, matte = prospect.sketch(flow, self._shrink)
        picture = cv2.cvtColor(coloured, cv2.COLOR_RGB2GRAY)
        view, before = self._view(face.landmarks), self._before
        self._before = picture, view
        if before is None:
            self._facing = face.rotation[:, 2]
            return flow
        shrink = np.array([[1, 0, 0.0], [0, 1, 0.0]]) / self._shrink
        shrink[:, 2] = 0.5 / self._shrink - 0.5
        person = cut(matte, view, shrink)
        own = self._seeker.seek(cut(picture, view, shrink), cut(before[0], view, shrink), person)
        self._follow(face.sway, own, _into(view, before[1]), self._believed(face.rotation))
        flat = (face.landmarks[:, :2] - self._corner) * np.float32(self._scale) - np.float32(0.5)
        share = _around(own[..., 2]) * _beside_face(view.place(flat))
        nodes = self._size // GRID_STEP + 1
        return flow + on_nodes(SIDE * self._offset * share[..., None], view, nodes)

    def _believed(self, rotation: NDArray[np.float32]) -> np.float32:
        """In [0, 1]: 1 for a head that does not turn, or only leans; rotation (3, 3)."""
        share = 1 - np.exp(-1 / (STEADY_S * self._fps))
        step = np.float32(share) * (rotation[:, 2] - self._facing)
        self._facing = self._facing + step
        speed = np.degrees(np.linalg.norm(step)) * self._fps
        return np.float32(np.exp(-np.square(speed / TURNING_DEGREES_S)))

    def _follow(
        self,
        driving: NDArray[np.float32],
        own: NDArray[np.float32],
        into: NDArray[np.float32],
        believed: np.float32,
    ) -> None:
        """Go on from the frame before.

        Where the driving frame shows at x what was at x + f before, and the drawn one at y what was
        at y + g, the new offset b obeys x + b + g(x + b) = x + f + b'(x + f).

        Args:
            driving: (NODES, NODES, 3) f, and how well it is known.
            own: (NODES, NODES, 3) g, the same.
            into: (2, 3) nodes of this frame's square to nodes of the last one's.
            believed: Share of the change that counts.
        """
        rows, columns = np.mgrid[:NODES, :NODES].astype(np.float32)
        here = np.stack([columns, rows], axis=-1)
        last = _at(self._offset, (here + NODES * driving[..., :2]) @ into[:, :2].T + into[:, 2])
        change = driving[..., :2] - _at(own[..., :2], here + NODES * last)
        change = _spread(change, driving[..., 2] * own[..., 2])
        self._offset = np.clip(self._keep * (last + believed * change), -FURTHEST, FURTHEST)


def _at(values: NDArray[np.float32], places: NDArray[np.float32]) -> NDArray[np.float32]:
    """Values (n, n, 2) at places (n, n, 2) in nodes."""
    places = np.ascontiguousarray(places, np.float32)
    return cv2.remap(
        np.ascontiguousarray(values), places, None, cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip


def _spread(values: NDArray[np.float32], known: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, n, 2) with what is not known taken from around it; far from all that is, 0."""
    each = np.concatenate([values * known[..., None], known[..., None]], axis=2)
    total = each.copy()
    for nodes, trust in SPREAD:
        total += trust * cv2.blur(each, (nodes, nodes))
    return total[..., :2] / (total[..., 2:] + 1e-3)


def _into(view: View, before: View) -> NDArray[np.float32]:
    """(2, 3) nodes of one square to nodes of another."""
    node = SIDE / NODES
    matrix = np.vstack([before.from_crop(), [0, 0, 1]]) @ np.vstack([view.to_crop, [0, 0, 1]])
    middle = np.full(2, node / 2 - 0.5)
    offset = (matrix[:2, :2] @ middle + matrix[:2, 2] - middle) / node
    return np.concatenate([matrix[:2, :2], offset[:, None]], axis=1).astype(np.float32)


def _around(person: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, n) 1 at the person and fading close to it: a background stands still."""
    wide = cv2.dilate(person, np.ones((AROUND, AROUND), np.uint8))
    return np.asarray(cv2.blur(wide, (AROUND, AROUND)), np.float32)


def _beside_face(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, n) 0 inside the oval of (478, 2) px of the square, where landmarks say what is where."""
    mask = np.full((PX, PX), 255, np.uint8)
    hull = cv2.convexHull(np.round(points[FACE_OVAL] * (PX / SIDE)).astype(np.int32))
    cv2.fillConvexPoly(mask, hull, 0)
    small = cv2.resize(mask, (NODES, NODES), interpolation=cv2.INTER_AREA)
    return cv2.blur(small, (3, 3)).astype(np.float32) / 255
