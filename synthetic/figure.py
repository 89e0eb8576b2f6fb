"""Builds everything that belongs to a person: mesh layers, materials, strands, baked occlusion."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthetic import anatomy, free_form, kernels, paint
from synthetic.beard import grow_beard
from synthetic.brows import grow_brows_and_lashes
from synthetic.bust import Bust
from synthetic.clothes import dress
from synthetic.clothes_body import body_of
from synthetic.earrings import hang_earrings
from synthetic.eyeball import Eyeball
from synthetic.garment import Outfit
from synthetic.glasses import fit_glasses, head_of
from synthetic.hair import grow_hair
from synthetic.hair_scalp import build_scalp
from synthetic.layers import CLOTH, EYE_LEFT, EYE_RIGHT, Layer, Stack, stack
from synthetic.lenses import Lenses
from synthetic.lighting import ambient_occlusion, strand_openness
from synthetic.materials import skin_material
from synthetic.mouth_paint import denture_material, tongue_material
from synthetic.paint_chart import SkinChart, chart_grid
from synthetic.paint_eye import paint_iris, paint_white
from synthetic.paint_face import paint_face
from synthetic.paint_tile import skin_detail
from synthetic.person import Person
from synthetic.rig import personal_actions
from synthetic.strands import BoundStrands, Strands
from synthetic.subdivision import Subdivision, subdivide


@dataclass(frozen=True, slots=True)
class Detail:
    """How finely a figure is built."""

    levels: int = 1
    """Subdivision levels of the skin."""
    hairs: int = 15000
    occlusion_directions: int = 128
    chart_texel_m: float = 0.0005
    """Of the skin chart."""


FINE = Detail()
COARSE = Detail(levels=0, hairs=2200, occlusion_directions=32, chart_texel_m=0.001)


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """One person, ready to be posed.

    Vertices: the `moving` ones first (a sparse matrix times the bust's coarse vertices), then two
    eyeballs, then what is rigid: clothes, and what rides on the head.
    """

    person: Person
    bust: Bust
    rest: NDArray[np.float32]
    """(c, 3) coarse vertices of this person, arms down, neutral face."""
    actions: NDArray[np.float32]
    """(52, c, 3) what each coefficient adds to them at 1."""
    moving: Any
    """(m, c) scipy.sparse."""
    eyes: tuple[Eyeball, Eyeball]
    rigid: NDArray[np.float32]
    """(g, 3) at rest."""
    slices: dict[str, slice]
    """Rows of each layer among the vertices, by the layer's name."""
    corners: NDArray[np.int32]
    """(n,) coarse vertices of the skin, in the order of the skin's first n vertices."""
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
    whites: NDArray[np.float32]
    canthi: NDArray[np.float32]
    """Pictures of the eyes, and their inner corners; see `shading.Setting`."""
    skin_detail: NDArray[np.float32]
    chart: SkinChart
    lips: NDArray[np.float32]
    """(5,) see `shading.Setting`."""
    weaves: NDArray[np.float32]
    """(k, n, n, 4) tiles of the fabrics worn."""
    fabrics: NDArray[np.float32]
    """(k, 6) their parameters."""
    mouth_line: NDArray[np.int32]
    """Coarse vertices on the lips' inner edge."""
    lid_line: tuple[NDArray[np.int32], NDArray[np.int32]]
    """Coarse vertices on the lid margins of the left and right eye."""
    marks: paint.FaceMarks
    lenses: Lenses | None
    """Of glasses, at rest."""

    def on_skin(self, coarse: NDArray[np.integer]) -> NDArray[np.int64]:
        """Rows of the rendered vertices that stand for coarse ones of the skin.

        Raises:
            ValueError: One of them is not on the skin, or under clothes.
        """
        rows = np.minimum(np.searchsorted(self.corners, coarse), len(self.corners) - 1)
        if not np.array_equal(self.corners[rows], coarse):
            raise ValueError("not all of these coarse vertices are on the skin")
        return rows + self.slices["skin"].start

    @property
    def eye_slices(self) -> tuple[slice, slice]:
        """Rows of the two eyeballs among the vertices."""
        return self.slices["eye_left"], self.slices["eye_right"]


def build_figure(person: Person, bust: Bust, detail: Detail = FINE) -> Figure:
    """Build a person's figure. Deterministic in the person's seed and the detail."""
    rng = np.random.default_rng(person.seed)
    rest = anatomy.drop_arms(bust, free_form.person_shape(bust, person))
    marks, eyes = anatomy.landmarks(bust, rest)
    whole = bust.part("skin", "mouth", "socket")
    normals = kernels.vertex_normals(rest, anatomy.triangles(whole))
    body = body_of(bust, rest, normals, levels=detail.levels, seed=person.seed)
    outfit = dress(body, person.clothes)
    quads = whole[outfit.bare(rest)[whole].max(axis=1) > -0.035]
    skin = subdivide(quads, len(rest), detail.levels)
    worn, lenses = _worn(bust, rest, skin, marks, eyes, person)
    skin_and_mouth = [_skin(bust, rest, skin, marks, person), *_mouth(bust, rest, person)]
    joined = stack([*skin_and_mouth, *_eyeballs(eyes), *_clothes(outfit), *worn], rest)

    points = joined.points[joined.slices["skin"]]
    surface = kernels.vertex_normals(points, skin.triangles())
    scalp = build_scalp(bust, rest, skin, points, surface)
    hair = grow_hair(scalp, person.hair, rng, count=detail.hairs)
    bound = grow_brows_and_lashes(bust, rest, skin, points, surface, eyes, person, rng)
    bound += grow_beard(scalp, skin, person.beard, rng, count=detail.hairs // 3 + 1000)
    iris, white = paint_iris(person.eyes, rng), paint_white(person, rng)
    lid_line = anatomy.lid_lines(bust, rest)
    return Figure(
        person=person,
        bust=bust,
        rest=rest,
        actions=personal_actions(bust, rest),
        moving=joined.moving,
        eyes=eyes,
        rigid=joined.points[joined.slices["eye_right"].stop :],
        slices=joined.slices,
        corners=skin.corners,
        faces=joined.faces,
        kinds=joined.kinds,
        head_weight=joined.head_weight,
        lookup=joined.lookup,
        material=joined.material,
        openness=_bake(joined, hair, detail),
        hair=hair,
        hair_openness=strand_openness(
            hair, joined.points, joined.faces, directions=max(detail.occlusion_directions // 4, 12)
        ),
        bound=bound,
        irises=np.stack([iris, iris[:, ::-1]]),
        whites=np.stack([white, white[:, ::-1]]),
        canthi=anatomy.inner_corners(rest, lid_line, eyes),
        skin_detail=skin_detail(rng),
        chart=paint_face(person, chart_grid(bust, detail.chart_texel_m)),
        lips=paint.paint_lips(person),
        weaves=np.stack([piece.fabric.tile for piece in outfit.pieces]),
        fabrics=np.array([piece.fabric.parameters() for piece in outfit.pieces], np.float32),
        mouth_line=anatomy.shared(bust, "skin", "mouth"),
        lid_line=lid_line,
        marks=marks,
        lenses=lenses,
    )


def _worn(
    bust: Bust,
    rest: NDArray[np.float32],
    skin: Subdivision,
    marks: paint.FaceMarks,
    eyes: tuple[Eyeball, Eyeball],
    person: Person,
) -> tuple[list[Layer], Lenses | None]:
    """Frame of the glasses and earrings; the glasses' lenses."""
    points = (skin.matrix @ rest).astype(np.float32)
    surface = kernels.vertex_normals(points, skin.triangles())
    ears = np.clip(skin.matrix @ bust.masks["ears"], 0, 1).astype(np.float32)
    head = head_of(points, surface, ears, marks.eyes, eyes[0].radius)
    frame, lenses = fit_glasses(head, person.glasses) if person.glasses else ([], None)
    rings = hang_earrings(head, person.earrings) if person.earrings else []
    return [*frame, *rings], lenses


def _skin(
    bust: Bust,
    rest: NDArray[np.float32],
    skin: Subdivision,
    marks: paint.FaceMarks,
    person: Person,
) -> Layer:
    return Layer(
        name="skin",
        faces=skin.triangles(),
        material=skin_material(bust, skin, person),
        head_weight=np.clip(skin.matrix @ bust.head_weight, 0, 1),
        matrix=skin.matrix,
        lookup=(skin.matrix @ bust.vertices).astype(np.float32),
    )


def _mouth(bust: Bust, rest: NDArray[np.float32], person: Person) -> list[Layer]:
    """Tongue, upper and lower teeth with their gums."""
    tongue, matrix = anatomy.tongue(bust, rest)
    layers = [
        Layer(
            name="tongue",
            faces=tongue.faces,
            material=tongue_material(tongue),
            head_weight=1.0,
            matrix=matrix,
        )
    ]
    dentures = anatomy.dentures(bust, rest, person.teeth, person.seed)
    for name, denture in zip(("upper_teeth", "lower_teeth"), dentures, strict=True):
        layers.append(
            Layer(
                name=name,
                faces=denture.faces,
                material=denture_material(denture, person),
                head_weight=1.0,
                matrix=anatomy.denture_matrix(bust, rest, denture, upper=name == "upper_teeth"),
                lookup=denture.vertices,
            )
        )
    return layers


def _eyeballs(eyes: tuple[Eyeball, Eyeball]) -> list[Layer]:
    return [
        Layer(
            name=name,
            faces=eye.faces,
            material=paint.blank(len(eye.vertices)),
            head_weight=1.0,
            vertices=eye.vertices + eye.centre,
            lookup=eye.vertices / eye.radius,
            kind=kind,
        )
        for name, eye, kind in zip(
            ("eye_left", "eye_right"), eyes, (EYE_LEFT, EYE_RIGHT), strict=True
        )
    ]


def _clothes(outfit: Outfit) -> list[Layer]:
    layers = []
    for index, piece in enumerate(outfit.pieces):
        red, green, blue = piece.colour
        layers.append(
            Layer(
                name=f"clothes_{index}",
                faces=piece.faces,
                material=paint.blank(len(piece.vertices), red=red, green=green, blue=blue),
                head_weight=0.0,
                vertices=piece.vertices,
                lookup=piece.weave,
                kind=CLOTH + index,
            )
        )
    return layers


def _bake(joined: Stack, hair: Strands, detail: Detail) -> NDArray[np.float32]:
    """Openness of every vertex; eyeballs shade nobody and are shaded per frame."""
    eyes = np.isin(joined.kinds, (EYE_LEFT, EYE_RIGHT))
    normals = kernels.vertex_normals(joined.points, joined.faces)
    openness, _ = ambient_occlusion(
        joined.points,
        normals,
        joined.points,
        joined.faces[~eyes],
        [hair],
        directions=detail.occlusion_directions,
    )
    openness[np.unique(joined.faces[eyes])] = 1.0
    return openness
