"""The truth of a clip or still as JSON and arrays. Units, axes: `docs/synthetic_sets.md`.

Figure axes: right-handed, metres, +X the subject's left, +Y up, +Z out of the face, origin midway
between the eyes of the average head. Head pose: as `capture.motion.MotionSequence` has it, in a
camera's glTF axes (x right, y up, z towards the viewer). `camera.world_to_camera`: figure axes to
OpenCV's camera axes (x right, y down, z forwards).
"""

from dataclasses import asdict
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capture.arkit import ARKIT_52, ARKIT_INDEX
from synthetic import anatomy
from synthetic.bust import Bust
from synthetic.camera import Camera
from synthetic.eyeball import gaze_rotation
from synthetic.figure import Figure
from synthetic.performance import Performance
from synthetic.posing import Posed
from synthetic.scenes import Shot
from synthetic.sets.items import SCHEMA
from synthetic.speech import Utterance

_SPREAD_LANDMARKS = 64
_BLINK = 0.5


def camera_truth(camera: Camera, size: int) -> dict[str, Any]:
    """A camera's matrices for frames of `size` by `size` px."""
    return {
        "vertical_fov_degrees": camera.vertical_fov_degrees,
        "intrinsics": np.round(camera.intrinsics(size, size), 6).tolist(),
        "world_to_camera": np.round(camera.extrinsics(), 9).tolist(),
    }


def clip_truth(
    shot: Shot,
    performance: Performance,
    *,
    size: int,
    utterance: Utterance | None = None,
) -> dict[str, Any]:
    """Everything known about a clip, as plain data."""
    motion = performance.to_motion(shot.scene.camera)
    used = [name for name in ARKIT_52 if motion.column(name).max(initial=0) > 1e-4]
    gaze = gaze_degrees(performance.coefficients)
    speech = {} if utterance is None else speech_truth(utterance)
    return {
        "schema": SCHEMA,
        "fps": str(Fraction(performance.fps)),
        "frames": len(performance),
        "size": [size, size],
        "camera": camera_truth(shot.scene.camera, size),
        **speech,
        "coefficients": {name: _rounded(motion.column(name), 4) for name in used},
        "head_rotation_xyzw": _rounded(motion.head_rotation, 6),
        "head_translation_m": _rounded(motion.head_translation, 6),
        "gaze_degrees": {"left": _rounded(gaze[0], 2), "right": _rounded(gaze[1], 2)},
        "blinks": blinks(performance),
        "shot": asdict(shot),
    }


def speech_truth(utterance: Utterance) -> dict[str, Any]:
    """What is said when, seconds from the clip's start."""
    return {
        "text": utterance.text,
        "words": [[word, round(a, 4), round(b, 4)] for word, a, b in utterance.words()],
        "phones": [[p.symbol, round(p.start_s, 4), round(p.stop_s, 4)] for p in utterance.phones],
    }


def gaze_degrees(coefficients: NDArray[np.float32]) -> NDArray[np.float64]:
    """(2, t, 2) yaw (to the subject's left) and pitch (down) of left and right eye in the head."""
    out = np.zeros((2, len(coefficients), 2))
    for eye, side in enumerate(("Left", "Right")):
        columns = [ARKIT_INDEX[f"eyeLook{way}{side}"] for way in ("Up", "Down", "In", "Out")]
        for frame, row in enumerate(coefficients):
            look = gaze_rotation(*(float(row[column]) for column in columns), left=eye == 0)
            ahead = look @ np.array([0.0, 0.0, 1.0])
            out[eye, frame] = np.rad2deg(
                [np.arctan2(ahead[0], ahead[2]), -np.arcsin(np.clip(ahead[1], -1, 1))]
            )
    return out


def blinks(performance: Performance) -> list[dict[str, float]]:
    """When both lids are more than half closed."""
    lids = [performance.coefficients[:, ARKIT_INDEX[f"eyeBlink{s}"]] for s in ("Left", "Right")]
    shut = np.minimum(*lids) > _BLINK
    edges = np.flatnonzero(np.diff(np.concatenate([[0], shut.astype(int), [0]])))
    rate = float(performance.fps)
    return [
        {"start_s": round(a / rate, 4), "stop_s": round(b / rate, 4)}
        for a, b in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    ]


@lru_cache(maxsize=1)
def landmark_vertices(bust: Bust) -> NDArray[np.int32]:
    """(n,) coarse vertices that serve as landmarks, the same for all people.

    The lips' inner edge, the lid margins, and points spread over the skin of the head.
    """
    head = _rigid_skin(bust)
    head = head[bust.vertices[head, 2] > -0.06]
    spread = head[_spread(bust.vertices[head], _SPREAD_LANDMARKS)]
    lips = anatomy.shared(bust, "skin", "mouth")
    return np.concatenate([lips, *anatomy.lid_lines(bust, bust.vertices), spread]).astype(np.int32)


def _rigid_skin(bust: Bust) -> NDArray[np.int64]:
    """Coarse vertices of the skin that turn with the head, and whose neighbours do."""
    quads = bust.part("skin")
    inside = np.ones(len(bust.vertices), bool)
    np.minimum.at(inside, quads, (bust.head_weight[quads].min(axis=1) >= 1)[:, None])
    skin = np.unique(quads)
    return skin[inside[skin]]


def landmarks_px(figure: Figure, posed: Posed, camera: Camera, size: int) -> NDArray[np.float32]:
    """(n, 3) landmarks of a posed figure: px right, px down, metres from the camera.

    They lie on the surface as it is rendered, which smoothing has moved off the coarse vertices.
    """
    rotation, translation = camera.to_camera()
    points = posed.vertices[figure.on_skin(landmark_vertices(figure.bust))]
    return camera.project(points @ rotation.T + translation, size, size).astype(np.float32)


def write_arrays(path: Path, figure: Figure, **arrays: NDArray[Any]) -> None:
    """Write arrays to a `.npz`, with the person's skin at rest and how its landmarks move.

    Landmarks in head space are `landmark_rest` + the sum of coefficients times `landmark_actions`.
    """
    marks = landmark_vertices(figure.bust)
    rows = figure.moving[figure.on_skin(marks)]
    rest = figure.rest.copy()
    skin = figure.slices["skin"].start + np.arange(len(figure.corners))
    rest[figure.corners] = figure.moving[skin] @ figure.rest
    np.savez_compressed(
        path,
        rest=rest,
        quads=figure.bust.quads,
        landmark_vertices=marks,
        landmark_rest=(rows @ figure.rest).astype(np.float32),
        landmark_actions=np.stack([rows @ action for action in figure.actions]),
        **arrays,
    )


def _spread(points: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Rows of points that lie far from each other (farthest point sampling)."""
    chosen = [int(np.argmax(points[:, 2]))]
    distance = np.full(len(points), np.inf)
    while len(chosen) < min(count, len(points)):
        distance = np.minimum(distance, ((points - points[chosen[-1]]) ** 2).sum(axis=1))
        chosen.append(int(np.argmax(distance)))
    return np.array(chosen)


def _rounded(values: Any, digits: int) -> Any:
    return np.round(np.asarray(values, np.float64), digits).tolist()
