"""Builds everything that belongs to a person: mesh layers, materials, strands, baked occlusion."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthetic import anatomy, kernels, paint, shading
from synthetic.brows import BoundStrands, grow_brows_and_lashes
from synthetic.bust import Bust
from synthetic.clothes import Garment, build_jumper, neckline
from synthetic.eyeball import Eyeball, paint_iris
from synthetic.hair import Scalp, grow_hair
from synthetic.lighting import ambient_occlusion, strand_openness
from synthetic.materials import materials
from synthetic.mouth import Denture
from synthetic.person import Person
from synthetic.strands import Strands
from synthetic.subdivision import Subdivision, subdivide


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
    rng = np.random.default_rng(person.seed)
    rest = anatomy.drop_arms(bust, bust.shape(person.identity))
    marks, eyes = anatomy.landmarks(bust, rest)
    whole = bust.part("skin", "mouth", "socket")
    normals = kernels.vertex_normals(rest, anatomy.triangles(whole))
    garment = build_jumper(bust, rest, normals, levels=detail.levels)
    quads = whole[neckline(rest[whole]).max(axis=1) > -0.035]
    skin = subdivide(quads, len(rest), detail.levels)
    tongue = subdivide(bust.part("tongue"), len(rest), min(detail.levels, 1))
    dentures = anatomy.dentures(bust, rest)
    moving = _moving(bust, rest, skin, tongue, dentures)
    material, lookup = materials(bust, rest, skin, quads, tongue, dentures, marks, person)
    faces, kinds, head_weight = _stack(bust, skin, tongue, dentures, eyes, garment)

    points = (skin.matrix @ rest).astype(np.float32)
    surface = kernels.vertex_normals(points, skin.triangles())
    ears = np.clip(skin.matrix @ bust.masks["ears"], 0, 1).astype(np.float32)
    scalp = Scalp(points, surface, skin.triangles(), ears)
    hair = grow_hair(scalp, person.hair, rng, count=detail.hairs)
    bound = grow_brows_and_lashes(bust, rest, skin, points, surface, eyes, person, rng)
    everything = np.concatenate(
        [moving @ rest, *(eye.vertices + eye.centre for eye in eyes), garment.vertices]
    ).astype(np.float32)
    pupil = person.eyes.pupil_m / 0.0062
    iris = paint_iris(person.eyes.iris, person.eyes.inner, pupil, rng)
    directions = max(detail.occlusion_directions // 4, 12)
    local_eyes = [eye.vertices / eye.radius for eye in eyes]
    return Figure(
        person=person,
        bust=bust,
        rest=rest,
        moving=moving,
        eyes=eyes,
        garment=garment.vertices,
        faces=faces,
        kinds=kinds,
        head_weight=head_weight,
        lookup=np.concatenate([lookup, *local_eyes, garment.vertices]).astype(np.float32),
        material=np.concatenate(
            [material, paint.blank(sum(map(len, local_eyes))), _cloth(garment, person)]
        ),
        openness=_bake(everything, faces, kinds, hair, detail),
        hair=hair,
        hair_openness=strand_openness(hair, everything, faces, directions=directions),
        bound=bound,
        irises=np.stack([iris, iris[:, ::-1]]),
        skin_detail=paint.skin_detail(rng),
        mouth_line=anatomy.shared(bust, "skin", "mouth"),
        lid_line=anatomy.lid_lines(bust, rest),
        marks=marks,
    )


def _moving(
    bust: Bust,
    rest: NDArray[np.float32],
    skin: Subdivision,
    tongue: Subdivision,
    dentures: tuple[Denture, Denture],
) -> Any:
    """The sparse matrix that makes skin, tongue and teeth from the coarse vertices."""
    from scipy import sparse

    teeth = [
        anatomy.denture_matrix(bust, rest, denture, upper=index == 0)
        for index, denture in enumerate(dentures)
    ]
    return sparse.vstack([skin.matrix, tongue.matrix, *teeth]).tocsr().astype(np.float32)


def _stack(
    bust: Bust,
    skin: Subdivision,
    tongue: Subdivision,
    dentures: tuple[Denture, Denture],
    eyes: tuple[Eyeball, Eyeball],
    garment: Garment,
) -> tuple[NDArray[np.int32], NDArray[np.uint8], NDArray[np.float32]]:
    """Faces (f, 3), their kinds (f,) and vertices' head weights (v,) of all layers together."""
    plain, left, right = shading.SURFACE, shading.EYE_LEFT, shading.EYE_RIGHT
    layers = [
        (skin.triangles(), np.clip(skin.matrix @ bust.head_weight, 0, 1), plain),
        (tongue.triangles(), np.ones(tongue.matrix.shape[0]), plain),
        *((denture.faces, np.ones(len(denture.vertices)), plain) for denture in dentures),
        (eyes[0].faces, np.ones(len(eyes[0].vertices)), left),
        (eyes[1].faces, np.ones(len(eyes[1].vertices)), right),
        (garment.faces, np.zeros(len(garment.vertices)), plain),
    ]
    starts = np.cumsum([0, *(len(weight) for _, weight, _ in layers[:-1])])
    faces = [layer + start for (layer, _, _), start in zip(layers, starts, strict=True)]
    kinds = [np.full(len(layer), kind, np.uint8) for layer, _, kind in layers]
    weights = np.concatenate([weight for _, weight, _ in layers])
    return (
        np.concatenate(faces).astype(np.int32),
        np.concatenate(kinds),
        weights.astype(np.float32),
    )


def _cloth(garment: Garment, person: Person) -> NDArray[np.float32]:
    material = paint.blank(len(garment.vertices), roughness=0.85, specular=0.35, scatter=0.25)
    material[:, :3] = person.clothes.colour
    material[:, paint.ATTRIBUTES.index("knit")] = 1 - garment.rib
    return material


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
