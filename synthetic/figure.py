"""Builds everything that belongs to a person: mesh layers, materials, strands, baked occlusion."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthetic import kernels, paint, shading
from synthetic.brows import BoundStrands, grow_brow, grow_lashes
from synthetic.bust import Bust
from synthetic.clothes import build_jumper, neckline
from synthetic.eyeball import Eyeball, build_eyeball, paint_iris
from synthetic.hair import Scalp, grow_hair, hairline_distance
from synthetic.lighting import ambient_occlusion, strand_openness
from synthetic.mouth import LOWER_SHELL, UPPER_SHELL, Arch, Denture, affine_weights, build_denture
from synthetic.person import Person
from synthetic.strands import FrontProjection, Strands
from synthetic.subdivision import subdivide

ARM_DROP_DEGREES = 30.0


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
    """One person, ready to be posed. Vertices: the `moving` ones first (a sparse matrix times the
    bust's coarse vertices), then two eyeballs, then the jumper."""

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
    rest = _drop_arms(bust, bust.shape(person.identity))
    marks, eyes = _landmarks(bust, rest)
    rest_normals = kernels.vertex_normals(rest, _triangles(bust.part("skin", "mouth", "socket")))

    skin_quads = bust.part("skin", "mouth", "socket")
    above = neckline(rest[skin_quads]).max(axis=1) > -0.035
    skin = subdivide(skin_quads[above], len(rest), detail.levels)
    tongue = subdivide(bust.part("tongue"), len(rest), min(detail.levels, 1))
    dentures = _dentures(bust, rest)
    shells = [
        _denture_matrix(bust, rest, denture, upper=i == 0) for i, denture in enumerate(dentures)
    ]
    moving = sparse.vstack([skin.matrix, tongue.matrix, *shells]).tocsr()
    garment = build_jumper(bust, rest, rest_normals, levels=detail.levels)

    skin_points = (skin.matrix @ rest).astype(np.float32)
    materials, lookup = _materials(
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
    scalp = Scalp(skin_points, skin_normals, skin_triangles)
    hair = grow_hair(scalp, person.hair, rng, count=detail.hairs)
    bound = _bound_strands(bust, rest, skin, skin_points, skin_normals, eyes, person, rng)

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
        material=np.concatenate([materials, eye_material, garment_material]),
        openness=openness,
        hair=hair,
        hair_openness=strand_openness(
            hair, points, faces, directions=max(detail.occlusion_directions // 4, 12)
        ),
        bound=bound,
        irises=np.stack([iris, iris[:, ::-1]]),
        skin_detail=paint.skin_detail(rng),
        mouth_line=_shared(bust, "skin", "mouth"),
        lid_line=_lid_lines(bust, rest),
        marks=marks,
    )


def _triangles(quads: NDArray[np.int32]) -> NDArray[np.int32]:
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])


def _shared(bust: Bust, first: str, second: str) -> NDArray[np.int32]:
    return np.intersect1d(bust.part(first), bust.part(second)).astype(np.int32)


def _drop_arms(bust: Bust, vertices: NDArray[np.float32]) -> NDArray[np.float32]:
    """Lower the arms from MakeHuman's rest pose, about the shoulder joints."""
    out = vertices.copy()
    for side in (-1, 1):
        weight = np.clip(side * bust.arm_weight, 0, 1)
        pivot = np.array([side * 0.158, -0.195, -0.115])
        angle = np.deg2rad(-side * ARM_DROP_DEGREES)
        out = kernels.turn(out, weight, np.array([0.0, 0.0, 1.0]), angle, pivot, np.zeros(3))
    return out


def _landmarks(
    bust: Bust, rest: NDArray[np.float32]
) -> tuple[paint.FaceMarks, tuple[Eyeball, Eyeball]]:
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
    mouth = rest[_shared(bust, "skin", "mouth")].mean(axis=0)
    low = face[(rest[face, 1] < mouth[1] - 0.018) & (rest[face, 1] > mouth[1] - 0.05)]
    chin = rest[low[np.argmax(rest[low, 2])]]
    marks = paint.FaceMarks(
        eyes=np.stack([eye.centre for eye in eyes]), mouth=mouth, nose=nose, chin=chin
    )
    return marks, (eyes[0], eyes[1])


def _lid_lines(
    bust: Bust, rest: NDArray[np.float32]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    line = _shared(bust, "skin", "socket")
    return line[rest[line, 0] > 0], line[rest[line, 0] < 0]


def _dentures(bust: Bust, rest: NDArray[np.float32]) -> tuple[Denture, Denture]:
    """Upper and lower teeth on parabolas through the shells, set back from the lips."""
    out = []
    for upper, shell in ((True, UPPER_SHELL), (False, LOWER_SHELL)):
        points = rest[np.isin(bust.base_index, list(shell))].astype(np.float64)
        outer = points[points[:, 2] > np.quantile(points[:, 2], 0.2)]
        system = np.stack([np.ones(len(outer)), -(outer[:, 0] ** 2)], axis=1)
        front, bend = np.linalg.lstsq(system, outer[:, 2], rcond=None)[0]
        front = float(points[:, 2].max()) - (0.0030 if upper else 0.0036)
        edge = float(points[:, 1].min()) if upper else float(points[:, 1].max())
        out.append(build_denture(Arch(front, float(bend), edge), upper=upper, scale=0.96))
    return out[0], out[1]


def _denture_matrix(bust: Bust, rest: NDArray[np.float32], denture: Denture, *, upper: bool) -> Any:
    from scipy import sparse

    shell = np.flatnonzero(np.isin(bust.base_index, list(UPPER_SHELL if upper else LOWER_SHELL)))
    weights = affine_weights(denture.vertices, rest[shell])
    rows = np.repeat(np.arange(len(weights)), len(shell))
    return sparse.csr_matrix(
        (weights.reshape(-1), (rows, np.tile(shell, len(weights)))), (len(weights), len(rest))
    )


def _materials(
    bust: Bust,
    rest: NDArray[np.float32],
    skin: Any,
    skin_quads: NDArray[np.int32],
    tongue: Any,
    dentures: tuple[Denture, Denture],
    marks: paint.FaceMarks,
    person: Person,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Materials (m, a) and detail positions (m, 3) of the moving vertices."""
    points = (skin.matrix @ rest).astype(np.float32)
    masks = {name: np.clip(skin.matrix @ mask, 0, 1) for name, mask in bust.masks.items()}
    above = hairline_distance(points, 1)
    above = np.where((points[:, 1] < -0.09) | (np.abs(points[:, 0]) > 0.084), -1.0, above)
    above = np.where(masks["ears"] > 0.3, -1.0, above)
    material = paint.paint_skin(points, masks, above, marks, person)
    inside = np.zeros(len(rest), np.float32)
    inside[np.setdiff1d(bust.part("mouth"), bust.part("skin"))] = 1.0
    depth = np.clip(skin.matrix @ inside, 0, 1)
    flesh = paint.blank(len(points), red=0.30, green=0.075, blue=0.065, roughness=0.3, specular=1.0,
                        scatter=0.5, interior=1.0)  # fmt: skip
    blend = np.clip(depth * 1.4, 0, 1)[:, None]
    material = (material * (1 - blend) + flesh * blend).astype(np.float32)
    socket = np.zeros(len(rest), np.float32)
    socket[np.unique(bust.part("socket"))] = 1.0
    wet = np.clip(skin.matrix @ socket, 0, 1)[:, None]
    pink = paint.blank(len(points), red=0.50, green=0.24, blue=0.20, roughness=0.25, specular=1.2,
                       scatter=0.6)  # fmt: skip
    material = (material * (1 - wet) + pink * wet).astype(np.float32)

    tongue_points = (tongue.matrix @ rest).astype(np.float32)
    tongue_material = paint.blank(len(tongue_points), red=0.44, green=0.15, blue=0.14, roughness=0.42,
                                  specular=1.0, pore=1.0, scatter=0.7, interior=1.0)  # fmt: skip
    layers, positions = [material, tongue_material], [points, tongue_points]
    for denture in dentures:
        enamel = paint.blank(len(denture.vertices), roughness=0.22, specular=1.1, scatter=0.35,
                             interior=1.0)  # fmt: skip
        ivory = np.array(person.teeth)
        neck = (1 - denture.crown)[:, None] * np.array([0.06, 0.16, 0.28])
        gums = np.array([0.46, 0.17, 0.155])
        gum = denture.gum[:, None]
        enamel[:, :3] = ivory * (1 - neck) * (1 - gum) + gums * gum
        enamel[:, paint.ATTRIBUTES.index("roughness")] += 0.12 * denture.gum
        layers.append(enamel)
        positions.append(denture.vertices)
    return np.concatenate(layers).astype(np.float32), np.concatenate(positions)


def _bound_strands(
    bust: Bust,
    rest: NDArray[np.float32],
    skin: Any,
    points: NDArray[np.float32],
    normals: NDArray[np.float32],
    eyes: tuple[Eyeball, Eyeball],
    person: Person,
    rng: np.random.Generator,
) -> tuple[BoundStrands, ...]:
    surface = FrontProjection(points, skin.triangles())
    out = []
    lash_quads = bust.part("lashes")
    for eye, side in zip(eyes, (1.0, -1.0), strict=True):
        brow = grow_brow(
            points, normals, surface, eye.centre, side, rng,
            density=person.hair.brow_density, colour=person.hair.brow_colour,
        )  # fmt: skip
        out.append(BoundStrands(brow.strands, (brow.matrix @ skin.matrix).tocsr(), brow.offset))
        mine = lash_quads[side * rest[lash_quads][:, :, 0].mean(axis=1) > 0]
        for strip in _islands(mine):
            upper = rest[strip][:, :, 1].mean() > eye.centre[1] + 0.001
            out.append(grow_lashes(rest, strip, eye.centre, rng, upper=bool(upper)))
    return tuple(out)


def _islands(quads: NDArray[np.int32]) -> list[NDArray[np.int32]]:
    """Split quads into connected pieces."""
    from scipy import sparse

    count = int(quads.max()) + 1
    a, b = quads.reshape(-1), np.roll(quads, -1, axis=1).reshape(-1)
    graph = sparse.coo_matrix((np.ones(len(a)), (a, b)), (count, count))
    _, label = sparse.csgraph.connected_components(graph, directed=False)
    return [quads[label[quads[:, 0]] == which] for which in np.unique(label[quads[:, 0]])]


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
