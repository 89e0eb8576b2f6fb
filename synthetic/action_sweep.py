"""Random facial actions on the head mesh, seen by MediaPipe: what it reports for what was done."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from capture.arkit import ARKIT_52, ARKIT_INDEX
from capture.canonical import CanonicalFace
from synthetic.flat_render import Look, paint, render
from synthetic.head_mesh import HeadMesh
from synthetic.tracking import Landmarker, to_canonical

PICTURE_SIDE_PX = 448
STRONGEST: dict[str, float] = {
    "mouthSmileLeft": 0.75,
    "mouthSmileRight": 0.75,
    "jawOpen": 0.75,
    "mouthClose": 0.5,
    "tongueOut": 0.0,
}
"""Largest coefficient drawn where the action at 1 is beyond what faces do."""


@dataclass(frozen=True, slots=True, eq=False)
class Sweep:
    """Pictures of one identity. Glossary: m = pictures with a detected face."""

    actions: NDArray[np.float64]
    """(m, 52) what was rendered."""
    coefficients: NDArray[np.float64]
    """(m, 52) what MediaPipe reported."""
    landmarks: NDArray[np.float64]
    """(m, 478, 3) metres, canonical head space."""
    angles: NDArray[np.float64]
    """(m, 3) yaw, pitch, roll in radians."""


def sweep_identity(
    mesh: HeadMesh,
    neutral: NDArray[np.float64],
    lips: NDArray[np.float64],
    landmarker: Landmarker,
    face: CanonicalFace,
    *,
    count: int,
    rng: np.random.Generator,
) -> Sweep:
    """Render and track `count` random combinations of actions and small poses."""
    look = _random_look(rng)
    colours = paint(mesh, lips, look)
    rows = []
    for number in range(count):
        actions = draw_actions(rng) if number % 12 else np.zeros(len(ARKIT_52))
        angles = rng.normal(0.0, np.radians([9.0, 6.0, 4.0]))
        vertices = neutral + np.tensordot(actions, mesh.actions, axes=1)
        image, _ = render(
            mesh,
            vertices,
            colours,
            Rotation.from_euler("yxz", angles).as_matrix(),
            look=look,
            size=PICTURE_SIDE_PX,
            distance_m=float(rng.uniform(0.55, 0.8)),
            light=(float(rng.normal(0.0, 0.35)), float(rng.normal(0.3, 0.2)), 0.9),
        )
        found = landmarker.detect(image)
        if found is not None:
            canonical = to_canonical(found.landmarks, face)
            rows.append((actions, found.coefficients, canonical, angles))
    return Sweep(*(np.stack(column) for column in zip(*rows, strict=True)))


def draw_actions(rng: np.random.Generator) -> NDArray[np.float64]:
    """One random expression (52,): a few actions, mostly alike on both sides."""
    stems = sorted({name.removesuffix("Left").removesuffix("Right") for name in ARKIT_52})
    actions = np.zeros(len(ARKIT_52))
    for stem in rng.choice(stems, size=rng.integers(1, 7), replace=False):
        strength = rng.uniform(0.15, 1.0)
        sides = [name for name in (stem, stem + "Left", stem + "Right") if name in ARKIT_INDEX]
        if stem in ("jaw", "mouth") or (len(sides) == 2 and rng.random() < 0.3):
            sides = [str(rng.choice([name for name in sides if name != stem]))]
        for name in sides:
            actions[ARKIT_INDEX[name]] = strength * STRONGEST.get(name, 1.0)
    return _plausible(actions)


def _plausible(actions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Undo pairs that a face cannot do at once; both eyes look to the same side."""
    jaw = ARKIT_INDEX["jawOpen"]
    close = ARKIT_INDEX["mouthClose"]
    actions[close] = min(actions[close], actions[jaw])  # it closes an open jaw's lips
    for eye, other in (("Left", "Right"), ("Right", "Left")):
        inward, outward = ARKIT_INDEX[f"eyeLookIn{eye}"], ARKIT_INDEX[f"eyeLookOut{other}"]
        gaze = max(actions[inward], actions[outward])
        actions[inward] = actions[outward] = gaze
    left, right = ARKIT_INDEX["eyeLookInLeft"], ARKIT_INDEX["eyeLookInRight"]
    if actions[left] and actions[right]:
        for name in ("eyeLookInRight", "eyeLookOutLeft"):
            actions[ARKIT_INDEX[name]] = 0.0
    return actions


def _random_look(rng: np.random.Generator) -> Look:
    tone = rng.uniform(0.65, 1.05)
    skin = np.clip(np.array([0.80, 0.62, 0.53]) * tone, 0.0, 1.0)
    lips = np.clip(skin * np.array([0.85, 0.55, 0.62]), 0.0, 1.0)
    brows = np.array([0.20, 0.14, 0.11]) * rng.uniform(0.4, 1.3)
    return Look(
        skin=tuple(skin.tolist()),
        lips=tuple(lips.tolist()),
        brows=tuple(brows.tolist()),
        hair=tuple((brows * 0.8).tolist()),
        iris=tuple((np.array([0.2, 0.13, 0.09]) * rng.uniform(0.5, 1.8)).tolist()),
    )


def stack_sweeps(
    sweeps: Sequence[Sweep],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Coefficients (m, 52) and landmark offsets (m, 478 * 3) free of identity and pose.

    Each identity's own mean and its smooth dependence on head angles (to second order) are
    projected out of both.
    """
    coefficients, offsets = [], []
    for sweep in sweeps:
        yaw, pitch, roll = sweep.angles.T
        nuisance = np.stack(
            [np.ones(len(yaw)), yaw, pitch, roll, yaw**2, pitch**2, yaw * pitch], axis=1
        )
        basis, _ = np.linalg.qr(nuisance)
        for table, out in (
            (sweep.coefficients, coefficients),
            (sweep.landmarks.reshape(len(yaw), -1), offsets),
        ):
            out.append(table - basis @ (basis.T @ table))
    return np.concatenate(coefficients), np.concatenate(offsets)
