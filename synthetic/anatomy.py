"""Where things are on a bust: eyes, lips, lids, teeth, and arms lowered from the rest pose."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthetic import kernels, paint
from synthetic.bust import Bust
from synthetic.eyeball import Eyeball, build_eyeball
from synthetic.mouth import LOWER_SHELL, UPPER_SHELL, Arch, Denture, affine_weights, build_denture
from synthetic.person import Teeth
from synthetic.tongue import Tongue, build_tongue, tongue_matrix

ARM_DROP_DEGREES = 30.0


def triangles(quads: NDArray[np.int32]) -> NDArray[np.int32]:
    """Each quad split in two."""
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])


def shared(bust: Bust, first: str, second: str) -> NDArray[np.int32]:
    """Coarse vertices on the border of two parts."""
    return np.intersect1d(bust.part(first), bust.part(second)).astype(np.int32)


def drop_arms(bust: Bust, vertices: NDArray[np.float32]) -> NDArray[np.float32]:
    """Lower the arms from MakeHuman's rest pose, about the shoulder joints."""
    out = vertices.copy()
    for side in (-1, 1):
        weight = np.clip(side * bust.arm_weight, 0, 1)
        pivot = np.array([side * 0.158, -0.195, -0.115])
        angle = np.deg2rad(-side * ARM_DROP_DEGREES)
        out = kernels.turn(out, weight, np.array([0.0, 0.0, 1.0]), angle, pivot, np.zeros(3))
    return out


def landmarks(
    bust: Bust, rest: NDArray[np.float32]
) -> tuple[paint.FaceMarks, tuple[Eyeball, Eyeball]]:
    """Features of a person at rest, and eyeballs that fit the sockets."""
    eyes = []
    for part in ("eye_left", "eye_right"):
        points = rest[np.unique(bust.part(part))]
        # Least squares sphere through the shell's rear two thirds (the front has a cornea).
        back = points[points[:, 2] < np.quantile(points[:, 2], 0.7)].astype(np.float64)
        system = np.concatenate([2 * back, np.ones((len(back), 1))], axis=1)
        solution = np.linalg.lstsq(system, (back**2).sum(axis=1), rcond=None)[0]
        centre = solution[:3]
        radius = float(np.sqrt(solution[3] + centre @ centre))
        eyes.append(build_eyeball(centre.astype(np.float32), radius))
    skin = np.unique(bust.part("skin"))
    face = skin[(np.abs(rest[skin, 0]) < 0.012) & (rest[skin, 1] < 0)]
    nose = rest[face[np.argmax(np.where(rest[face, 1] > -0.06, rest[face, 2], -1))]]
    mouth = rest[shared(bust, "skin", "mouth")].mean(axis=0)
    low = face[(rest[face, 1] < mouth[1] - 0.018) & (rest[face, 1] > mouth[1] - 0.05)]
    chin = rest[low[np.argmax(rest[low, 2])]]
    marks = paint.FaceMarks(
        eyes=np.stack([eye.centre for eye in eyes]), mouth=mouth, nose=nose, chin=chin
    )
    return marks, (eyes[0], eyes[1])


def lid_lines(bust: Bust, rest: NDArray[np.float32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Coarse vertices on the lid margins of the left and the right eye."""
    line = shared(bust, "skin", "socket")
    eyes = [rest[np.unique(bust.part(part))].mean(axis=0) for part in ("eye_left", "eye_right")]
    # MakeHuman's atlas has a stray face of an arm beside the sockets' islands.
    near = [np.linalg.norm(rest[line] - eye, axis=1) < 0.03 for eye in eyes]
    return line[near[0]], line[near[1]]


def arches(bust: Bust, rest: NDArray[np.float32]) -> tuple[Arch, Arch, float]:
    """Parabolas of the upper and lower teeth through the shells, set back from the lips; scale."""
    out = []
    for upper, shell in ((True, UPPER_SHELL), (False, LOWER_SHELL)):
        points = rest[np.isin(bust.base_index, list(shell))].astype(np.float64)
        outer = points[points[:, 2] > np.quantile(points[:, 2], 0.2)]
        system = np.stack([np.ones(len(outer)), -(outer[:, 0] ** 2)], axis=1)
        front, bend = np.linalg.lstsq(system, outer[:, 2], rcond=None)[0]
        front = float(points[:, 2].max()) - (0.0030 if upper else 0.0046)
        edge = float(points[:, 1].min()) - 0.0042 if upper else float(points[:, 1].max()) - 0.0036
        out.append(Arch(front, float(bend), edge))
    half = float(np.ptp(rest[np.isin(bust.base_index, list(UPPER_SHELL)), 0])) / 2
    return out[0], out[1], 0.96 * float(np.clip(half / 0.0328, 0.86, 1.16)) ** 0.8


def inner_corners(
    rest: NDArray[np.float32],
    lid_line: tuple[NDArray[np.int32], NDArray[np.int32]],
    eyes: tuple[Eyeball, Eyeball],
) -> NDArray[np.float32]:
    """(2, 3) the nasal end of each lid margin, from its eyeball's centre, in radii."""
    ends = [line[np.argmin(np.abs(rest[line, 0]))] for line in lid_line]
    return np.stack(
        [(rest[end] - eye.centre) / eye.radius for end, eye in zip(ends, eyes, strict=True)]
    ).astype(np.float32)


def dentures(
    bust: Bust, rest: NDArray[np.float32], teeth: Teeth, seed: int
) -> tuple[Denture, Denture]:
    """Upper and lower teeth of a person at rest."""
    upper, lower, scale = arches(bust, rest)
    return (
        build_denture(upper, upper=True, scale=scale, teeth=teeth, seed=seed),
        build_denture(lower, upper=False, scale=scale, teeth=teeth, seed=seed),
    )


def tongue(bust: Bust, rest: NDArray[np.float32]) -> tuple[Tongue, Any]:
    """The tongue at rest, and the sparse matrix (v, c) that makes it from coarse vertices."""
    _, lower, scale = arches(bust, rest)
    built = build_tongue(lower, scale)
    return built, tongue_matrix(built, rest, np.unique(bust.part("tongue")))


def denture_matrix(bust: Bust, rest: NDArray[np.float32], denture: Denture, *, upper: bool) -> Any:
    """Sparse (d, c): a denture's vertices from the bust's coarse ones."""
    from scipy import sparse

    shell = np.flatnonzero(np.isin(bust.base_index, list(UPPER_SHELL if upper else LOWER_SHELL)))
    weights = affine_weights(denture.vertices, rest[shell])
    rows = np.repeat(np.arange(len(weights)), len(shell))
    return sparse.csr_matrix(
        (weights.reshape(-1), (rows, np.tile(shell, len(weights)))), (len(weights), len(rest))
    )
