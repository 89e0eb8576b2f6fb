"""Fits one person's head to tracked landmarks of many views.

Unknown are one identity for all views and, per view, the pose and the 52 actions. Robust
Gauss-Newton with analytic Jacobians minimises the reprojection error; each view's own unknowns are
eliminated by the Schur complement (B. Triggs et al., "Bundle adjustment - a modern synthesis",
1999), so time grows linearly with the views. The focal length is never free: trackers'
landmarks are nearly weak-perspective and would pull it to two thirds of the truth. The prior on
the identity does not weaken with more views, because the error of the landmarks is mostly
systematic and does not average out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar.camera import (
    DEFAULT_VERTICAL_FOV_DEG,
    Camera,
    Pose,
    cross_matrix,
    pose_from_landmarks,
    rotation_from_vector,
)
from avatar.errors import AvatarError
from avatar.head_model import HeadModel
from avatar.person_actions import ACTION_GAIN, transfer_actions
from capture.arrays import check_arrays

LANDMARK_NOISE_M = 0.0015
"""How far a well-defined landmark of a tracker lies from the model's, one standard deviation."""
INFORMATION = 0.6
"""Landmark errors go together in patches: 478 of them are worth about this share."""
ACTION_SPREAD = 0.15
"""Trust in the tracker's coefficients, one standard deviation."""
HUBER = 2.0
"""Standard deviations beyond which a landmark's pull stops growing."""
IRIS_OF_EYES = (468, 473)
IRISES = slice(468, 478)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One picture of the person as the tracker saw it."""

    landmarks: NDArray[np.float32]
    """(478, 3) px: x right, y down, z towards the scene on x's scale."""
    coefficients: NDArray[np.float32]
    """(52,) in [0, 1], ARKit order."""
    width: int
    """px."""
    height: int
    """px."""

    def __post_init__(self) -> None:
        check_arrays(
            self, {"landmarks": ((478, 3), np.float32), "coefficients": ((52,), np.float32)}
        )


@dataclass(frozen=True, slots=True, eq=False)
class FittedHead:
    """A person's head at rest with their own actions, and where each view's camera stood.

    Glossary as in `HeadModel`; m views. Arrays become read-only.
    """

    model: HeadModel
    vertices: NDArray[np.float32]
    """(v, 3) metres at rest."""
    deltas: NDArray[np.float32]
    """(k, v, 3) metres for a coefficient of 1."""
    identity: NDArray[np.float32]
    """(i,) in standard deviations."""
    cameras: tuple[Camera, ...]
    poses: tuple[Pose, ...]
    coefficients: NDArray[np.float32]
    """(m, k) how the face was set in each view, for `deltas`."""
    error_percent: NDArray[np.float32]
    """(m,) mean reprojection error of the inner landmarks, % of the distance of the irises."""

    def __post_init__(self) -> None:
        v, m, k = len(self.vertices), len(self.cameras), len(self.model.names)
        check_arrays(
            self,
            {
                "vertices": ((v, 3), np.float32),
                "deltas": ((k, v, 3), np.float32),
                "identity": ((len(self.identity),), np.float32),
                "coefficients": ((m, k), np.float32),
                "error_percent": ((m,), np.float32),
            },
        )

    def shape(self, view: int) -> NDArray[np.float32]:
        """(v, 3) the head in head space with the expression of one view."""
        return self.vertices + np.tensordot(self.coefficients[view], self.deltas, axes=1)


@dataclass(slots=True, eq=False)
class _ViewState:
    camera: Camera
    pose: Pose
    target: NDArray[np.float64]  # (n, 2) px
    expected: NDArray[np.float64]  # (k,) prior mean of the actions
    actions: NDArray[np.float64]  # (k,)


class _Problem:
    """The model at the landmarks only, and the normal equations of a view."""

    def __init__(self, model: HeadModel, modes: int) -> None:
        self.mean = model.at_landmarks(model.vertices).astype(np.float64)  # (n, 3)
        self.identity = model.at_landmarks(model.identity[:modes]).astype(np.float64)  # (i, n, 3)
        self.actions = model.at_landmarks(model.deltas).astype(np.float64)  # (k, n, 3)
        self.normals = model.at_landmarks(model.normals(model.vertices)).astype(np.float64)
        self.noise_m = np.hypot(LANDMARK_NOISE_M, model.landmark_spread)  # (n,)

    def points(
        self, identity: NDArray[np.float64], actions: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        shape = self.mean + np.tensordot(identity, self.identity, axes=1)
        return shape + np.tensordot(actions, self.actions, axes=1)

    def residuals(
        self, identity: NDArray[np.float64], state: _ViewState
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Camera-space points (n, 3), offsets (n, 2) px, 1 / noise (n,) in px."""
        points = state.pose.apply(self.points(identity, state.actions))
        projected = state.camera.project(points)
        offset = projected[:, :2] - state.target
        noise = state.camera.focal_px / projected[:, 2] * self.noise_m
        facing = np.clip((self.normals @ state.pose.rotation.T)[:, 2], 0.1, 1.0)
        facing[IRISES] = 1.0
        return points, offset, facing / noise

    def linearise(
        self, identity: NDArray[np.float64], state: _ViewState
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Whitened Jacobian (2n, i + 6 + k) and residuals (2n,), robustly weighted."""
        points, offset, precision = self.residuals(identity, state)
        size = np.linalg.norm(offset, axis=1) * precision
        robust = np.sqrt(np.minimum(1.0, HUBER / np.maximum(size, 1e-9)))
        scale = precision * robust * np.sqrt(INFORMATION)
        focal, depth = state.camera.focal_px, -points[:, 2]
        # d(px) / d(camera-space point): (n, 2, 3)
        slope = np.zeros((len(points), 2, 3))
        slope[:, 0, 0] = focal / depth
        slope[:, 1, 1] = -focal / depth
        slope[:, 0, 2] = focal * points[:, 0] / depth**2
        slope[:, 1, 2] = -focal * points[:, 1] / depth**2
        slope *= scale[:, None, None]
        turned = slope @ state.pose.rotation  # acts on head-space directions
        arm = points - state.pose.translation
        spin = np.stack([-cross_matrix(one) for one in arm])  # d(R x) / d(omega)
        columns = [
            np.einsum("nab,inb->nai", turned, self.identity, optimize=True),
            slope @ spin,
            slope,
            np.einsum("nab,knb->nak", turned, self.actions, optimize=True),
        ]
        jacobian = np.concatenate(columns, axis=2).reshape(2 * len(points), -1)
        return jacobian, (offset * scale[:, None]).ravel()


def fit_head(
    model: HeadModel,
    views: Sequence[View],
    *,
    vertical_fov_deg: float = DEFAULT_VERTICAL_FOV_DEG,
    modes: int = 60,
    iterations: int = 10,
) -> FittedHead:
    """Fit one head to all views.

    Args:
        model: The parametric head.
        views: One or more; 8 to 30 from different sides do best.
        vertical_fov_deg: Of the camera; only a known value should replace the default.
        modes: Identity modes used, at most those of the model.
        iterations: Gauss-Newton steps.

    Returns:
        The head at rest with the person's own actions.

    Raises:
        AvatarError: There is no view.
    """
    if not views:
        raise AvatarError("no view to fit a head to", hint="Give at least one tracked picture.")
    modes = min(modes, len(model.identity))
    problem = _Problem(model, modes)
    states = [_initial_state(problem, view, vertical_fov_deg) for view in views]
    identity = np.zeros(modes)
    for iteration in range(iterations):
        identity = _step(problem, states, identity, pose_only=iteration < 2)
    offsets = np.tensordot(identity, model.identity[:modes].astype(np.float64), axes=1)
    vertices = (model.vertices + offsets).astype(np.float32)
    actions = np.stack([state.actions for state in states]) / ACTION_GAIN
    return FittedHead(
        model=model,
        vertices=vertices,
        deltas=transfer_actions(model, vertices),
        identity=identity.astype(np.float32),
        cameras=tuple(state.camera for state in states),
        poses=tuple(state.pose for state in states),
        coefficients=actions.astype(np.float32),
        error_percent=np.array(
            [_error_percent(problem, identity, state) for state in states], np.float32
        ),
    )


def _initial_state(problem: _Problem, view: View, vertical_fov_deg: float) -> _ViewState:
    camera = Camera(view.width, view.height, vertical_fov_deg)
    expected = view.coefficients.astype(np.float64) * ACTION_GAIN
    points = problem.points(np.zeros(len(problem.identity)), expected)
    pose = pose_from_landmarks(view.landmarks, points, problem.noise_m**-2.0, camera)
    target = view.landmarks[:, :2].astype(np.float64)
    return _ViewState(camera, pose, target, expected, expected.copy())


def _step(
    problem: _Problem,
    states: Sequence[_ViewState],
    identity: NDArray[np.float64],
    *,
    pose_only: bool,
) -> NDArray[np.float64]:
    """One Gauss-Newton step: updates the states in place, returns the new identity."""
    modes = len(identity)
    share = 1.0 / len(states)  # so that views do not outvote the identity's prior
    matrix = np.eye(modes)
    right = -identity.copy()
    solved = []
    for state in states:
        jacobian, residual = problem.linearise(identity, state)
        gram, gradient = jacobian.T @ jacobian, -(jacobian.T @ residual)
        own, own_right = gram[modes:, modes:], gradient[modes:]
        actions = np.arange(6, len(own))
        own[actions, actions] += ACTION_SPREAD**-2.0
        own_right[6:] += (state.expected - state.actions) * ACTION_SPREAD**-2.0
        own[np.arange(6), np.arange(6)] *= 1.0 + 1e-6
        if pose_only:
            own, own_right, coupling = own[:6, :6], own_right[:6], gram[:modes, modes : modes + 6]
        else:
            coupling = gram[:modes, modes:]
        answer = np.linalg.solve(own, np.column_stack([own_right, coupling.T]))
        matrix += share * (gram[:modes, :modes] - coupling @ answer[:, 1:])
        right += share * (gradient[:modes] - coupling @ answer[:, 0])
        solved.append(answer)
    change = np.zeros(modes) if pose_only else np.linalg.solve(matrix, right)
    for state, answer in zip(states, solved, strict=True):
        step = answer[:, 0] - answer[:, 1:] @ change
        turn = rotation_from_vector(step[:3])
        state.pose = Pose(turn @ state.pose.rotation, state.pose.translation + step[3:6])
        if not pose_only:
            state.actions = np.clip(state.actions + step[6:], 0.0, ACTION_GAIN)
    return identity + change


def _error_percent(problem: _Problem, identity: NDArray[np.float64], state: _ViewState) -> float:
    """Mean distance in px of well-defined landmarks, in % of the distance of the iris centres."""
    _, offset, _ = problem.residuals(identity, state)
    inner = problem.noise_m < 2.5 * LANDMARK_NOISE_M
    right, left = IRIS_OF_EYES
    span = np.linalg.norm(state.target[left] - state.target[right])
    return float(np.linalg.norm(offset[inner], axis=1).mean() / span * 100.0)
