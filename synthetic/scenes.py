"""Random scenes: camera, lights, surroundings, backdrop, exposure and film, all from one generator.

Spread over what people film themselves with: a phone or a webcam, 0.4 to 1.6 m away, indoors and
outdoors, by day and by lamps.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from synthetic.background import KINDS, Backdrop
from synthetic.camera import Camera
from synthetic.film import PERFECT, Film
from synthetic.lighting import Light, Surroundings, sphere_directions
from synthetic.render import Scene

Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Framing:
    """How a camera is placed."""

    height_m: tuple[float, float] = (0.36, 0.54)
    """How much of the world the frame's height shows, at the head's distance."""
    fov_degrees: tuple[float, float] = (16.0, 42.0)
    off_centre: float = 0.06
    """Largest shift of the head from the middle, as a share of the frame."""
    yaw_degrees: float = 12.0
    """Largest turn of the camera about the head, to each side."""
    pitch_degrees: float = 8.0
    roll_degrees: float = 3.0


STEADY = Framing(
    height_m=(0.37, 0.44), fov_degrees=(20.0, 30.0), off_centre=0.03, yaw_degrees=4.0,
    pitch_degrees=3.0, roll_degrees=1.0,
)  # fmt: skip
"""Someone who records themselves with care, as an enrolment asks."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A scene, and what the camera makes of it."""

    scene: Scene
    film: Film = PERFECT


def draw_shot(rng: np.random.Generator, framing: Framing | None = None) -> Shot:
    """Draw a shot. The same generator state gives the same shot.

    Args:
        rng: Where from.
        framing: Limits of the camera's place.
    """
    camera = draw_camera(rng, framing or Framing())
    key, warmth = float(rng.uniform(0.8, 1.7)), float(rng.uniform(-1, 1))
    backdrop = draw_backdrop(rng, key)
    surroundings = _surroundings(rng, warmth, outdoors=backdrop.kind == "outdoors")
    scene = Scene(
        camera=camera,
        lights=_lights(rng, key, warmth),
        surroundings=surroundings,
        backdrop=backdrop,
    )
    exposure = float(rng.uniform(0.75, 1.2) * light_on_face(Scene()) / light_on_face(scene))
    return Shot(replace(scene, exposure=exposure), draw_film(rng))


def light_on_face(scene: Scene) -> float:
    """Mean light that falls on a face which looks at the camera, by which cameras expose."""
    normals = np.array([[0, 0, 1], [-0.6, 0, 0.8], [0.6, 0, 0.8], [0, 0.5, 0.866]])
    directions = sphere_directions(256)
    facing = np.clip(normals @ directions.T, 0, None)
    around = scene.surroundings.radiance(directions).mean(axis=1)
    total = (facing @ around).mean() * 4 / len(directions)
    for light in scene.lights:
        total += np.clip(normals @ light.unit(), 0, None).mean() * np.mean(light.colour)
    return float(total)


def draw_camera(rng: np.random.Generator, framing: Framing) -> Camera:
    """A camera that sees the head and never the lower end of the shoulders."""
    extent = rng.uniform(*framing.height_m)
    fov = rng.uniform(*framing.fov_degrees)
    side, up = rng.uniform(-framing.off_centre, framing.off_centre, 2) * extent
    pitch = rng.uniform(-framing.pitch_degrees, framing.pitch_degrees)
    lowest = -0.33 + extent / 2  # The garment ends at -0.38 m
    return Camera(
        distance_m=float(extent / 2 / np.tan(np.deg2rad(fov) / 2)),
        vertical_fov_degrees=float(fov),
        height_m=float(max(-0.035 + up, lowest)),
        yaw_degrees=float(rng.uniform(-framing.yaw_degrees, framing.yaw_degrees)),
        pitch_degrees=float(pitch),
        side_m=float(side),
        roll_degrees=float(rng.uniform(-framing.roll_degrees, framing.roll_degrees)),
    )


def draw_backdrop(rng: np.random.Generator, key: float = 1.0) -> Backdrop:
    """Something behind the person, as bright as `key` times an average room."""
    kind = str(rng.choice(list(KINDS), p=[0.3, 0.2, 0.15, 0.15, 0.2]))
    brightness = float(np.exp(rng.normal(np.log(0.22), 0.6))) * key
    tint = 1 + rng.uniform(-0.2, 0.2, 3)
    return Backdrop(
        seed=int(rng.integers(2**31)), wall=_vector(np.clip(brightness * tint, 0.01, 1)), kind=kind
    )


def draw_film(rng: np.random.Generator) -> Film:
    """A camera from good to poor."""
    poor = float(rng.beta(1.2, 2.5))
    return Film(
        blur_px=float(max(rng.uniform(-0.3, 0.4) + 0.7 * poor, 0)),
        sharpening=float(rng.uniform(0, 0.6)),
        shot_noise=float(rng.uniform(0.2, 1) * 0.03 * poor),
        read_noise=float(rng.uniform(0.2, 1) * 0.02 * poor),
        white_balance=_vector(1 + rng.uniform(-0.06, 0.06, 3)),
        contrast=float(rng.uniform(0.88, 1.12)),
        saturation=float(rng.uniform(0.8, 1.15)),
        jpeg_quality=int(np.clip(95 - 45 * poor + rng.normal(0, 4), 40, 97)),
        crf=int(np.clip(18 + 10 * poor + rng.normal(0, 1), 17, 29)),
    )


def seen_from(scene: Scene, camera: Camera) -> Scene:
    """The same room from another place: lights stay where they are while the camera moves.

    Args:
        scene: Lights and surroundings in the axes of its own camera.
        camera: Replaces it.
    """
    turn = camera.to_camera()[0] @ scene.camera.to_camera()[0].T

    def turned(direction: Vector) -> Vector:
        return _vector(turn @ np.array(direction))

    surroundings = replace(
        scene.surroundings,
        window_direction=turned(scene.surroundings.window_direction),
        up=turned(scene.surroundings.up),
    )
    lights = tuple(replace(light, direction=turned(light.direction)) for light in scene.lights)
    return replace(scene, camera=camera, lights=lights, surroundings=surroundings)


def _lights(rng: np.random.Generator, key: float, warmth: float) -> tuple[Light, ...]:
    """A key light, and up to two more: from the side, from behind."""
    lights = [_light(rng, (-75, 75), (5, 60), key, warmth)]
    if rng.random() < 0.75:
        side = -np.sign(lights[0].direction[0]) or 1.0
        azimuth = (30, 90) if side > 0 else (-90, -30)
        lights.append(_light(rng, azimuth, (-5, 40), key * rng.uniform(0.1, 0.6), -warmth))
    if rng.random() < 0.6:
        azimuth = (110, 170) if rng.random() < 0.5 else (-170, -110)
        lights.append(_light(rng, azimuth, (5, 50), key * rng.uniform(0.2, 0.9), 0.5 * warmth))
    return tuple(lights)


def _light(
    rng: np.random.Generator,
    azimuth: tuple[float, float],
    elevation: tuple[float, float],
    power: float,
    warmth: float,
) -> Light:
    """A light somewhere between two azimuths (0 the camera, 90 right) and elevations, degrees."""
    side, up = np.deg2rad([rng.uniform(*azimuth), rng.uniform(*elevation)])
    direction = [np.sin(side) * np.cos(up), np.sin(up), np.cos(side) * np.cos(up)]
    return Light(
        direction=_vector(direction),
        colour=_vector(power * _warm(warmth * rng.uniform(0.3, 1))),
        softness_m=float(np.exp(rng.uniform(np.log(0.002), np.log(0.014)))),
    )


def _surroundings(rng: np.random.Generator, warmth: float, *, outdoors: bool) -> Surroundings:
    fill = rng.uniform(0.25, 0.6) * (1.3 if outdoors else 1.0)
    azimuth = np.deg2rad(rng.uniform(-120, 120))
    window = [np.sin(azimuth), rng.uniform(0.0, 0.8), np.cos(azimuth)]
    cool = _warm(-0.6 if outdoors else -0.4 * warmth)
    return Surroundings(
        above=_vector(fill * rng.uniform(1.2, 2.0) * cool),
        around=_vector(fill * rng.uniform(0.6, 1.2) * _warm(0.2 * warmth)),
        below=_vector(fill * rng.uniform(0.3, 0.7) * _warm(0.4)),
        window=_vector(rng.uniform(0.1, 1.0) * _warm(0.5 * warmth)),
        window_direction=_vector(np.array(window) / np.linalg.norm(window)),
    )


def _warm(warmth: float) -> NDArray[np.float64]:
    """(3,) a light's colour: -1 the blue of a clear sky, 1 a bulb's yellow."""
    return np.array([1 + 0.22 * warmth, 1.0, 1 - 0.30 * warmth])


def _vector(values: object) -> Vector:
    x, y, z = (float(value) for value in np.asarray(values))
    return x, y, z
