"""Capture sets: stills from around the head and a turning video, with cameras, mesh and masks."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from synthetic.albedo import vertex_albedo
from synthetic.camera import Camera
from synthetic.figure import Figure
from synthetic.masks import coverage
from synthetic.performance import Performance, Score
from synthetic.posing import NEUTRAL, Posed, pose_figure
from synthetic.scenes import STEADY, Shot, draw_shot, seen_from
from synthetic.sets import truth
from synthetic.sets.cast import draw_cast, item_seed
from synthetic.sets.clips import FPS, Take, film
from synthetic.sets.items import SCHEMA, Item, write_json
from synthetic.sets.options import OptionError, Options
from synthetic.sets.pictures import write_jpeg, write_png
from synthetic.sets.studio import Studio

YAW_DEGREES, PITCH_DEGREES = 60.0, (-20.0, 25.0)
"""Cameras stand up to here around the head, to each side; pitch is positive from above."""
_GOLDEN = (5**0.5 - 1) / 2
_TURN_S = 8.0


@dataclass(frozen=True, slots=True)
class CaptureItem(Item):
    """One person, seen from all sides."""

    set_name: ClassVar[str] = "capture"
    stills: int = 16

    def make(self, folder: Path, studio: Studio) -> None:
        """Take the stills, film the turn, write the mesh."""
        rng = np.random.default_rng(self.seed)
        shot = draw_shot(rng, STEADY)
        figure = studio.figure(self.person, self.look.detail)
        posed = pose_figure(figure, NEUTRAL)
        stills = [
            self._still(folder, f"still_{index:02d}", around(shot, camera, index), posed, studio)
            for index, camera in enumerate(cameras(self.stills, shot.scene.camera, rng))
        ]
        write_mesh(folder, figure, posed)
        take = Take(self.person, shot, turning(rng), self.seed)
        film(take, folder, studio, self.look)
        write_json(folder / "stills.json", {"schema": SCHEMA, "stills": stills})

    def _still(
        self, folder: Path, name: str, shot: Shot, posed: Posed, studio: Studio
    ) -> dict[str, Any]:
        """Write one picture and its masks; returns its truth."""
        figure, size = studio.figure(self.person, self.look.detail), self.look.size
        camera = shot.scene.camera
        frame = studio.renderer(self.person, shot.scene, self.look).draw(posed)
        seed = [self.seed, int(name.rpartition("_")[2]), 2]
        frame = shot.film.develop(frame, np.random.default_rng(seed))
        write_jpeg(folder / f"{name}.jpg", frame, quality=shot.film.jpeg_quality)
        seen = coverage(figure, posed, camera, size)
        write_png(folder / f"{name}.labels.png", seen.labels)
        write_png(folder / f"{name}.hair.png", seen.hair)
        write_png(folder / f"{name}.person.png", seen.person)
        landmarks = truth.landmarks_px(figure, posed, camera, size)
        return {
            "name": name,
            "size": [size, size],
            "camera": truth.camera_truth(camera, size),
            "landmarks_px": np.round(landmarks[:, :2].astype(float), 3).tolist(),
            "shot": asdict(shot),
        }


def plan(options: Options) -> list[Item]:
    """`stills` stills and a video of each person.

    Raises:
        OptionError: Fewer than 8 or more than 40 stills are asked for.
    """
    if not 8 <= options.stills <= 40:
        raise OptionError(f"stills: want 8 to 40, got {options.stills}")
    return [
        CaptureItem(
            f"p{index:03d}",
            person,
            item_seed(options.seed, index, 8),
            options.look,
            options.stills,
        )
        for index, person in enumerate(draw_cast(options.seed, options.people))
    ]


def cameras(count: int, like: Camera, rng: np.random.Generator) -> list[Camera]:
    """Cameras spread evenly around the head, the first in front of it.

    Args:
        count: How many.
        like: Whose lens and distance they have.
        rng: Of how steady they are held.
    """
    low, high = PITCH_DEGREES
    out = []
    for index in range(count):
        # A lattice on which neighbours in number are far apart: any part of it is spread evenly.
        yaw = YAW_DEGREES * (2 * ((index * _GOLDEN + 0.5) % 1) - 1) if index else 0.0
        pitch = low + (high - low) * ((index + 0.5) / count) if index else 0.0
        out.append(
            replace(
                like,
                yaw_degrees=float(yaw),
                pitch_degrees=float(pitch),
                roll_degrees=float(rng.normal(0, 1.0)),
                distance_m=float(like.distance_m * rng.uniform(0.95, 1.05)),
                side_m=0.0,
                height_m=-0.035,
            )
        )
    return out


def around(shot: Shot, camera: Camera, index: int) -> Shot:
    """The shot's room from another camera; what is behind the head is another part of it."""
    scene = seen_from(shot.scene, camera)
    backdrop = replace(scene.backdrop, seed=scene.backdrop.seed + index)
    return Shot(replace(scene, backdrop=backdrop), shot.film)


def turning(rng: np.random.Generator) -> Performance:
    """Turn the head to both sides, up and down, with a neutral face."""
    score = Score(round(_TURN_S * FPS), FPS)
    keys = np.linspace(0, _TURN_S, 9)
    score.turn(
        keys.tolist(),
        [[0, 0, 0], [0, 45, 0], [0, 45, 0], [2, 0, 0], [0, -45, 0], [0, -45, 0], [18, 0, 0],
         [-18, 0, 0], [0, 0, 0]],
    )  # fmt: skip
    score.sway(rng, 0.5)
    for at in (0.9, 3.0, 5.0, 7.6):
        score.blink(at)
    score.glance(rng, reach=0.02)
    return score.finish()


def write_mesh(folder: Path, figure: Figure, posed: Posed) -> None:
    """Write `mesh.npz` and `mesh.glb`: the surface of the stills, with a colour per vertex.

    The colour is the paint's, linear reflectance in the `.npz` and sRGB in the GLB; pores and weave
    are finer than a vertex.
    """
    import trimesh

    albedo = vertex_albedo(figure)
    np.savez_compressed(
        folder / "mesh.npz",
        vertices=posed.vertices,
        faces=figure.faces,
        albedo=albedo,
        layer_names=np.array(list(figure.slices)),
        layer_stops=np.array([rows.stop for rows in figure.slices.values()]),
    )
    mesh = trimesh.Trimesh(posed.vertices, figure.faces, vertex_colors=_srgb(albedo), process=False)
    mesh.export(folder / "mesh.glb")


def _srgb(linear: NDArray[np.float32]) -> NDArray[np.uint8]:
    clipped = np.clip(linear, 0, 1)
    curve = np.where(clipped <= 0.0031308, 12.92 * clipped, 1.055 * clipped ** (1 / 2.4) - 0.055)
    opaque = np.ones((len(curve), 1))
    return np.clip(np.hstack([curve, opaque]) * 255 + 0.5, 0, 255).astype(np.uint8)
