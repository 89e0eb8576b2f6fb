"""Builds everything that belongs to a person: mesh layers, materials, strands, baked occlusion."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthetic import anatomy, kernels, paint, shading
from synthetic.brows import BoundStrands, grow_brows_and_lashes
from synthetic.bust import Bust
from synthetic.clothes import build_jumper, neckline
from synthetic.eyeball import Eyeball, paint_iris
from synthetic.hair import Scalp, grow_hair
from synthetic.lighting import ambient_occlusion, strand_openness
from synthetic.materials import materials
from synthetic.person import Person
from synthetic.strands import Strands
from synthetic.subdivision import subdivide


@dataclass(frozen=True, slots=True)
class Detail:
    """How finely a figure is built."""

    levels: int = 1
    """Subdivision levels of the skin."""
    hairs: int = 15000
    occlusion_directions: int = 128


FINE = Detail()
COARSE = Detail(levels=0, hairs=2200, occlusion_directions=32)


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """One person, ready to be posed.

    Vertices: the `moving` ones first (a sparse matrix times the bust's coarse vertices), then two
    eyeballs, then the jumper.
    """

    person: Person
    bust: Bust
    rest: NDArray[np.float32]
    """(c, 3) coarse vertices of this person, arms down, neutral face."""
    moving: Any
    """(m, c) scipy.sparse."""
    eyes: tuple[Eyeball, Eyeball]
    garment: NDArray[np.float32]
    """(g, 3)."""
    faces: NDArray[np.int32]
    kinds: NDArray[np.uint8]
    head_weight: NDArray[np.float32]
    """(v,)."""
    lookup: NDArray[np.float32]
    """(v, 3) where skin detail is looked up; see `shading.shade`."""
    material: NDArray[np.float32]
    openness: NDArray[np.float32]
    """(v,) of the neutral face."""
    hair: Strands
    hair_openness: NDArray[np.float32]
    bound: tuple[BoundStrands, ...]
    """Brows and lashes; their matrices take the coarse vertices."""
    irises: NDArray[np.float32]
    skin_detail: NDArray[np.float32]
    mouth_line: NDArray[np.int32]
    """Coarse vertices on the lips' inner edge."""
    lid_line: tuple[NDArray[np.int32], NDArray[np.int32]]
    """Coarse vertices on the lid margins of the left and right eye."""
    marks: paint.FaceMarks

    @property
    def eye_slices(self) -> tuple[slice, slice]:
        """Rows of the two eyeballs among the vertices."""
        start = self.moving.shape[0]
        middle = start + len(self.eyes[0].vertices)
        return slice(start, middle), slice(middle, middle + len(self.eyes[1].vertices))


def build_figure(person: Person, bust: Bust, detail: Detail = FINE) -> Figure:
    """Build a person's figure. Deterministic in the person's seed and the detail."""
    from scipy import sparse

    rng = np.random.default_rng(person.seed)
    rest = anatomy.drop_arms(bust, bust.shape(person.identity))
    marks, eyes = anatomy.landmarks(bust, rest)
    rest_normals = kernels.vertex_normals(
        rest, anatomy.triangles(bust.part("skin", "mouth", "socket"))
    )

    skin_quads = bust.part("skin", "mouth", "socket")
    above = neckline(rest[skin_quads]).max(axis=1) > -0.035
    skin = subdivide(skin_quads[above], len(rest), detail.levels)
    tongue = subdivide(bust.part("tongue"), len(rest), min(detail.levels, 1))
    dentures = anatomy.dentures(bust, rest)
    shells = [
        anatomy.denture_matrix(bust, rest, denture, upper=i == 0)
        for i, denture in enumerate(dentures)
    ]
    moving = sparse.vstack([skin.matrix, tongue.matrix, *shells]).tocsr()
    garment = build_jumper(bust, rest, rest_normals, levels=detail.levels)

    skin_points = (skin.matrix @ rest).astype(np.float32)
    skin_material, lookup = materials(
        bust, rest, skin, skin_quads[above], tongue, dentures, marks, person
    )
    garment_material = paint.blank(
        len(garment.vertices), roughness=0.85, specular=0.35, scatter=0.25, knit=1.0
    )
    garment_material[:, :3] = person.garment
    garment_material[:, paint.ATTRIBUTES.index("knit")] = 1 - garment.rib
    eye_material = paint.blank(sum(len(eye.vertices) for eye in eyes))
    counts = np.cumsum(
        [0, skin.matrix.shape[0], tongue.matrix.shape[0], *(len(d.vertices) for d in dentures),
         *(len(eye.vertices) for eye in eyes)]
    )  # fmt: skip
    layers = [skin.triangles(), tongue.triangles(), *(d.faces for d in dentures)]
    layers += [*(eye.faces for eye in eyes), garment.faces]
    faces = np.concatenate([f + start for f, start in zip(layers, counts, strict=True)])
    kinds = np.zeros(len(faces), np.uint8)
    starts = np.cumsum([0, *(len(layer) for layer in layers)])
    kinds[starts[4] : starts[5]] = shading.EYE_LEFT
    kinds[starts[5] : starts[6]] = shading.EYE_RIGHT
    weight = np.clip(skin.matrix @ bust.head_weight, 0, 1)
    vertex_count = counts[-1] + len(garment.vertices)
    head_weight = np.ones(vertex_count, np.float32)
    head_weight[: len(weight)] = weight
    head_weight[counts[-1] :] = 0.0

    skin_triangles = skin.triangles()
    skin_normals = kernels.vertex_normals(skin_points, skin_triangles)
    ears = np.clip(skin.matrix @ bust.masks["ears"], 0, 1).astype(np.float32)
    scalp = Scalp(skin_points, skin_normals, skin_triangles, ears)
    hair = grow_hair(scalp, person.hair, rng, count=detail.hairs)
    bound = grow_brows_and_lashes(bust, rest, skin, skin_points, skin_normals, eyes, person, rng)

    points = np.concatenate(
        [moving @ rest, *(eye.vertices + eye.centre for eye in eyes), garment.vertices]
    ).astype(np.float32)
    openness = _bake(points, faces, kinds, hair, detail)
    pupil = person.eyes.pupil_m / 0.0062
    iris = paint_iris(person.eyes.iris, person.eyes.inner, pupil, rng)
    return Figure(
        person=person,
        bust=bust,
        rest=rest,
        moving=moving.astype(np.float32),
        eyes=eyes,
        garment=garment.vertices,
        faces=faces.astype(np.int32),
        kinds=kinds,
        head_weight=head_weight,
        lookup=np.concatenate(
            [lookup, *(eye.vertices / eye.radius for eye in eyes), garment.vertices]
        ).astype(np.float32),
        material=np.concatenate([skin_material, eye_material, garment_material]),
        openness=openness,
        hair=hair,
        hair_openness=strand_openness(
            hair, points, faces, directions=max(detail.occlusion_directions // 4, 12)
        ),
        bound=bound,
        irises=np.stack([iris, iris[:, ::-1]]),
        skin_detail=paint.skin_detail(rng),
        mouth_line=anatomy.shared(bust, "skin", "mouth"),
        lid_line=anatomy.lid_lines(bust, rest),
        marks=marks,
    )


def _bake(
    points: NDArray[np.float32],
    faces: NDArray[np.int32],
    kinds: NDArray[np.uint8],
    hair: Strands,
    detail: Detail,
) -> NDArray[np.float32]:
    """Openness of every vertex; eyeballs shade nobody and are shaded per frame."""
    normals = kernels.vertex_normals(points, faces)
    solid = faces[kinds == shading.SURFACE]
    openness, _ = ambient_occlusion(
        points, normals, points, solid, [hair], directions=detail.occlusion_directions
    )
    openness[np.unique(faces[kinds != shading.SURFACE])] = 1.0
    return openness
