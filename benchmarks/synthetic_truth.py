"""Is the truth true? Files are read as a stranger would, and held against pictures."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar.raster import rasterize
from benchmarks.synthetic_markers import bare, find_markers
from capture.arkit import ARKIT_52, ARKIT_INDEX
from synthetic.bust import Bust
from synthetic.camera import Camera
from synthetic.drawing import draw_person
from synthetic.figure import COARSE, FINE, Figure, build_figure
from synthetic.layers import EYE_LEFT, EYE_RIGHT
from synthetic.performance import Performance
from synthetic.posing import Pose, pose_figure
from synthetic.scenes import Shot, draw_shot
from synthetic.sets import truth
from synthetic.sets.training import scattered

WANTED_PX = 0.5
_CLOSURES, _SIDE = 5, 640


@dataclass(frozen=True, slots=True, eq=False)
class Reader:
    """Reads truth without any of the code that wrote it: JSON, arrays, and a pinhole's formula."""

    document: dict[str, Any]
    rest: NDArray[np.float64]
    """(n, 3) landmarks of the neutral face, metres, head space."""
    actions: NDArray[np.float64]
    """(52, n, 3)."""

    def landmarks_px(self, frame: int) -> NDArray[np.float64]:
        """(n, 2) where the landmarks are in a frame, x right and y down."""
        coefficients = np.zeros(len(ARKIT_52))
        for name, curve in self.document["coefficients"].items():
            coefficients[ARKIT_INDEX[name]] = curve[frame]
        local = self.rest + np.tensordot(coefficients, self.actions, axes=1)
        x, y, z, w = self.document["head_rotation_xyzw"][frame]
        rotation = np.array(
            [
                [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
                [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
                [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
            ]
        )
        seen = local @ rotation.T + self.document["head_translation_m"][frame]
        seen = seen * [1.0, -1.0, -1.0]  # glTF's camera axes to OpenCV's
        image = seen @ np.array(self.document["camera"]["intrinsics"]).T
        return image[:, :2] / image[:, 2:]


def reread(
    figure: Figure, shot: Shot, performance: Performance, size: int, folder: Path
) -> tuple[Reader, NDArray[np.float32]]:
    """Write a take's truth and read it again; also the landmarks (t, n, 3) it says it has."""
    document = truth.clip_truth(shot, performance, size=size)
    (folder / "truth.json").write_text(json.dumps(document), encoding="utf-8")
    poses = [pose_figure(figure, performance.pose(i)) for i in range(len(performance))]
    camera = shot.scene.camera
    track = np.stack([truth.landmarks_px(figure, posed, camera, size) for posed in poses])
    truth.write_arrays(folder / "truth.npz", figure, landmarks_px=track)
    with np.load(folder / "truth.npz", allow_pickle=False) as arrays:
        reader = Reader(
            json.loads((folder / "truth.json").read_text(encoding="utf-8")),
            arrays["landmark_rest"].astype(np.float64),
            arrays["landmark_actions"].astype(np.float64),
        )
        return reader, arrays["landmarks_px"]


def reprojection(
    seed: int, bust: Bust, folder: Path, *, size: int, frames: int, fine: bool
) -> dict[str, list[float]]:
    """Distances in px for one person: files against markers in pictures, and against each other."""
    figure = build_figure(bare(draw_person(seed, bust)), bust, FINE if fine else COARSE)
    rng = np.random.default_rng([seed, size])
    shot, performance = draw_shot(rng), scattered(rng, frames)
    reader, track = reread(figure, shot, performance, size, folder)
    rows = figure.on_skin(truth.landmark_vertices(bust))
    marked: list[float] = []
    for frame in range(frames):
        posed = pose_figure(figure, performance.pose(frame))
        found = find_markers(figure, posed, shot.scene, rows, size=size)
        claimed = reader.landmarks_px(frame)[found.chosen]
        marked += np.hypot(*(found.centres_px - claimed).T).tolist()
    read = [
        np.hypot(*(reader.landmarks_px(frame) - track[frame, :, :2]).T) for frame in range(frames)
    ]
    return {"markers": marked, "files": np.concatenate(read).tolist()}


def gaze_errors(seed: int, bust: Bust, *, frames: int) -> list[float]:
    """Degrees between the gaze that the truth tells and the axis of the rendered eyeball."""
    figure = build_figure(draw_person(seed, bust), bust, COARSE)
    performance = scattered(np.random.default_rng([seed, 4]), frames)
    told = np.deg2rad(truth.gaze_degrees(performance.coefficients))
    errors = []
    for frame in range(frames):
        posed = pose_figure(figure, performance.pose(frame))
        for eye, rows in enumerate(figure.eye_slices):
            ball = posed.vertices[rows].astype(np.float64)
            pole = _axis(ball, figure.eyes[eye].vertices.astype(np.float64))
            yaw, down = told[eye, frame]
            local = [np.sin(yaw) * np.cos(down), -np.sin(down), np.cos(yaw) * np.cos(down)]
            cosine = float(np.clip(pole @ (posed.head @ local), -1, 1))
            errors.append(float(np.rad2deg(np.arccos(cosine))))
    return errors


def _axis(ball: NDArray[np.float64], rest: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where an eyeball's pole, along +Z at rest, points: the rotation that fits its rim best."""
    rim = np.argsort(rest[:, 2])[:56]  # far from the cornea, which a closing lid flattens
    a, b = rest[rim] - rest[rim].mean(axis=0), ball[rim] - ball[rim].mean(axis=0)
    plane = np.linalg.svd(b)[2][2]
    u, _, vt = np.linalg.svd(b.T @ a)
    ahead = (u @ np.diag([1.0, 1.0, np.linalg.det(u @ vt)]) @ vt)[:, 2]
    return plane * np.sign(plane @ ahead)


def eye_shown(seed: int, bust: Bust) -> list[float]:
    """Share of the open eyes' area that is seen at each of five closures from 0 to 1."""
    figure = build_figure(draw_person(seed, bust), bust, COARSE)
    camera = Camera(distance_m=0.6, vertical_fov_degrees=14.0, height_m=0.0)
    rotation, offset = camera.to_camera()
    shown = []
    for closure in np.linspace(0, 1, _CLOSURES):
        coefficients = np.zeros(len(ARKIT_52), np.float32)
        for side in ("Left", "Right"):
            coefficients[ARKIT_INDEX[f"eyeBlink{side}"]] = closure
        posed = pose_figure(figure, Pose(coefficients, np.zeros(3), np.zeros(3)))
        flat = camera.project(posed.vertices @ rotation.T + offset, _SIDE, _SIDE)
        face = rasterize(flat.astype(np.float32), figure.faces, _SIDE, _SIDE).face_index
        kinds = figure.kinds[face[face >= 0]]
        shown.append(int(np.isin(kinds, (EYE_LEFT, EYE_RIGHT)).sum()))
    return [count / shown[0] for count in shown]


def figures(people: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Figures over people, each with `px` by size, `gaze_degrees`, `eye_shown`."""
    px = {
        size: {
            kind: pixel_figures([value for one in people for value in one["px"][size][kind]])
            for kind in ("markers", "files")
        }
        for size in people[0]["px"]
    }
    shown = np.array([one["eye_shown"] for one in people])
    return {
        "people": len(people),
        "px": px,
        "gaze_degrees": max(max(one["gaze_degrees"]) for one in people),
        "eye_shown": np.median(shown, axis=0).tolist(),
        "eye_shown_worst": float(shown[:, -1].max()),
    }


def pixel_figures(distances: list[float]) -> dict[str, float]:
    """Count, quantiles in px, share within half a pixel."""
    values = np.array(distances)
    return {
        "count": len(values),
        "median": float(np.median(values)),
        "p95": float(np.quantile(values, 0.95)),
        "largest": float(values.max()),
        "within_half": float((values <= WANTED_PX).mean()),
    }
