"""Poses a figure: coefficients and a head turn become vertices, strands and their light."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capture.arkit import ARKIT_INDEX
from synthetic import kernels
from synthetic.eyeball import Eyeball, gaze_rotation
from synthetic.figure import Figure
from synthetic.lenses import Lenses
from synthetic.paint import ATTRIBUTES
from synthetic.strands import Strands, head_share

HEAD_PIVOT = np.array([0.0, -0.055, -0.105])
"""About which the head turns, near the atlas vertebra."""
_TUCK = 0.14
"""Share of an eyeball's radius that it is drawn back under the lids."""


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """One instant: 52 coefficients and a head turn."""

    coefficients: NDArray[np.float32]
    """(52,) order ARKIT_52."""
    rotation: NDArray[np.float64]
    """(3,) rotation vector of the head, radians, figure axes."""
    shift: NDArray[np.float64]
    """(3,) metres the head moves besides."""


NEUTRAL = Pose(np.zeros(52, np.float32), np.zeros(3), np.zeros(3))


@dataclass(frozen=True, slots=True, eq=False)
class Posed:
    """A figure at one instant, in figure axes."""

    vertices: NDArray[np.float32]
    normals: NDArray[np.float32]
    openness: NDArray[np.float32]
    strands: tuple[Strands, ...]
    strand_openness: tuple[NDArray[np.float32], ...]
    eye_frames: NDArray[np.float32]
    head: NDArray[np.float64]
    """(3, 3)."""
    folds: NDArray[np.float64]
    """(3,) how far movements press the folds of `paint_chart.FOLD_GROUPS`."""
    coarse: NDArray[np.float32]
    """(c, 3) the bust's coarse vertices, posed: the ground truth of the geometry."""
    lenses: Lenses | None = None
    """Of glasses."""


def pose_figure(figure: Figure, pose: Pose) -> Posed:
    """Move a figure's vertices and strands."""
    c = pose.coefficients
    acting = np.flatnonzero(c)
    coarse = figure.rest + np.tensordot(c[acting], figure.actions[acting], axes=1)
    coarse = coarse.astype(np.float32)
    gaze = [_gaze(c, left=True), _gaze(c, left=False)]
    blinks = [float(c[ARKIT_INDEX[f"eyeBlink{side}"]]) for side in ("Left", "Right")]
    eyes = [
        _tucked(
            _under_lid(eye, blink) @ turn.T.astype(np.float32),
            coarse[line] - eye.centre,
            eye.radius,
        )
        + eye.centre
        for eye, turn, blink, line in zip(figure.eyes, gaze, blinks, figure.lid_line, strict=True)
    ]
    local = np.concatenate([figure.moving @ coarse, *eyes, figure.rigid]).astype(np.float32)
    angle = float(np.linalg.norm(pose.rotation))
    axis = pose.rotation / angle if angle > 1e-9 else np.array([0.0, 1.0, 0.0])

    def turn(points: NDArray[np.float32], weight: NDArray[np.float32]) -> NDArray[np.float32]:
        return kernels.turn(points, weight, axis, angle, HEAD_PIVOT, pose.shift)

    head = turn(np.eye(3, dtype=np.float32) + HEAD_PIVOT.astype(np.float32), np.ones(3, np.float32))
    head = (head - HEAD_PIVOT - pose.shift).T
    vertices = turn(local, figure.head_weight)
    hair = turn(figure.hair.points.reshape(-1, 3), head_share(figure.hair.points).reshape(-1))
    strands = [figure.hair.with_points(hair.reshape(figure.hair.points.shape))]
    clear = [0.1 + 0.9 * figure.hair_openness]
    for bound in figure.bound:
        points = (bound.matrix @ coarse + bound.offset).astype(np.float32)
        strands.append(_moved(bound.strands, points.reshape(bound.strands.points.shape), turn))
        clear.append(np.full(bound.strands.width.shape, 0.8, np.float32))
    return Posed(
        vertices=vertices,
        normals=kernels.vertex_normals(vertices, figure.faces),
        openness=_openness(figure, coarse, local),
        strands=tuple(strands),
        strand_openness=tuple(clear),
        eye_frames=np.stack([head @ g for g in gaze]).astype(np.float32),
        head=head,
        folds=fold_amounts(c),
        coarse=turn(coarse, np.clip(figure.bust.head_weight, 0, 1)),
        lenses=figure.lenses and figure.lenses.moved(head, HEAD_PIVOT, pose.shift),
    )


def fold_amounts(coefficients: NDArray[np.floating]) -> NDArray[np.float64]:
    """(3,) in the order of `paint_chart.FOLD_GROUPS`, of coefficients (52,)."""

    def mean(*names: str) -> float:
        return float(np.mean([coefficients[ARKIT_INDEX[name]] for name in names]))

    up = max(mean("browInnerUp"), mean("browOuterUpLeft", "browOuterUpRight"))
    down = mean("browDownLeft", "browDownRight")
    smile = max(
        mean("mouthSmileLeft", "mouthSmileRight"),
        0.8 * mean("cheekSquintLeft", "cheekSquintRight"),
        0.7 * mean("noseSneerLeft", "noseSneerRight"),
    )
    return np.clip([up, down, smile], 0, 1)


def _moved(
    strands: Strands, points: NDArray[np.float32], turn: Callable[..., NDArray[np.float32]]
) -> Strands:
    flat = np.ascontiguousarray(points.reshape(-1, 3))
    moved = turn(flat, np.ones(len(flat), np.float32))
    return strands.with_points(moved.reshape(points.shape))


def _under_lid(eye: Eyeball, blink: float) -> NDArray[np.float32]:
    """Eyeball vertices, the cornea flattened as the lid closes, which MakeHuman's lids cut."""
    limit = eye.radius * (1.08 - 0.08 * np.clip(blink, 0, 1) - 0.12 * np.clip(blink, 0, 1) ** 2)
    size = np.linalg.norm(eye.vertices, axis=1, keepdims=True)
    return (eye.vertices * np.minimum(1, limit / size)).astype(np.float32)


def _tucked(
    points: NDArray[np.float32], lids: NDArray[np.float32], radius: float
) -> NDArray[np.float32]:
    """Eyeball points, those that lids cover drawn back, so that no lid is too thin to hide them.

    Both relative to the eye's centre.
    """
    top, bottom, _ = _margins(points, lids)
    under = np.maximum(points[:, 1] - top, bottom - points[:, 1])
    front = np.clip((points[:, 2] / radius - 0.2) / 0.4, 0, 1)
    depth = _TUCK * front * np.clip((under - 0.0004) / 0.0016, 0, 1)
    return (points * (1 - depth[:, None])).astype(np.float32)


def _gaze(c: NDArray[np.float32], *, left: bool) -> NDArray[np.float64]:
    side = "Left" if left else "Right"
    look = (float(c[ARKIT_INDEX[f"eyeLook{way}{side}"]]) for way in ("Up", "Down", "In", "Out"))
    return gaze_rotation(*look, left=left)


def _openness(
    figure: Figure, coarse: NDArray[np.float32], local: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Baked openness, with what a moving mouth and moving lids change."""
    out = figure.openness.copy()
    lips = coarse[figure.mouth_line]
    gap = max(_lip_gap(lips) - _lip_gap(figure.rest[figure.mouth_line]), 0.0)
    inside = figure.material[:, ATTRIBUTES.index("interior")]
    rows = np.flatnonzero(inside > 0.02)
    front = float(lips[np.abs(lips[:, 0]) < 0.008, 2].mean())
    depth = np.clip(front - local[rows, 2], 0.0, None)
    # The lips are a round window of the same area; light falls off as a disc's form factor.
    half = 0.5 * float(np.ptp(lips[:, 0]))
    aside = np.clip(1 - (local[rows, 0] / (1.25 * half)) ** 2, 0.08, 1)
    window = (0.5 * gap + 0.0007) * half * aside
    seen = window / (window + 0.5 * depth**2 + 4e-6)
    seen = np.minimum(seen, (gap + 0.00005) / (gap + 0.00005 + 0.6 * depth))
    share = np.clip(inside[rows] * 1.2, 0, 1)
    out[rows] = out[rows] * (1 - share) + np.clip(0.015 + 1.3 * seen, 0, 0.95) * share
    for eye, rows_of, line in zip(figure.eyes, figure.eye_slices, figure.lid_line, strict=True):
        out[rows_of] = _lid_shade(
            local[rows_of] - eye.centre, coarse[line] - eye.centre, eye.radius
        )
    return out


def _lip_gap(lips: NDArray[np.float32]) -> float:
    middle = lips[np.abs(lips[:, 0]) < 0.008]
    return float(np.ptp(middle[:, 1])) if len(middle) else 0.0


def _lid_shade(
    points: NDArray[np.float32], lids: NDArray[np.float32], radius: float
) -> NDArray[np.float32]:
    """(n,) openness of eyeball points under the lids, both relative to the eye's centre."""
    top, bottom, inside = _margins(points, lids)
    from_top = np.clip((top - points[:, 1]) / (0.58 * radius), 0, 1)
    from_bottom = np.clip((points[:, 1] - bottom) / (0.20 * radius), 0, 1)
    from_side = np.clip(inside / 0.28, 0, 1)
    return (
        (0.30 + 0.70 * from_top**0.8) * (0.65 + 0.35 * from_bottom) * (0.6 + 0.4 * from_side)
    ).astype(np.float32)


def _margins(
    points: NDArray[np.float32], lids: NDArray[np.float32]
) -> tuple[NDArray[np.floating], NDArray[np.floating], NDArray[np.floating]]:
    """Heights (n,) of the upper and lower lid margin at points' azimuths, and radians inside."""
    azimuth = np.arctan2(lids[:, 0], lids[:, 2])
    height = lids[:, 1]
    middle = np.median(height)
    order = np.argsort(azimuth)
    upper = order[
        height[order] >= np.interp(azimuth[order], azimuth[order][[0, -1]], height[order][[0, -1]])
    ]
    lower = np.setdiff1d(order, upper)
    lower = lower[np.argsort(azimuth[lower])]
    at = np.arctan2(points[:, 0], points[:, 2])
    top = np.interp(at, azimuth[upper], height[upper]) if len(upper) > 1 else middle + 0 * at
    bottom = np.interp(at, azimuth[lower], height[lower]) if len(lower) > 1 else middle + 0 * at
    return top, bottom, np.minimum(at - azimuth.min(), azimuth.max() - at)
