"""What a generator learns from: warped pictures of a person beside the frames they stand for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from avatar.appearance import Appearance
from avatar.background import cut
from capture.landmark_rig import LandmarkRig
from reenact.engine import DrivenFace, FirstOrderEngine
from reenact.generator.inputs import CONDITION, Condition
from reenact.generator.view import SIDE, View

EXCLUDED_S = 1.0
"""References this near in time to a frame are not used for it: they would give it away."""
DROPPED = 1 / 3
"""Share of the other references that are left out too, so that warps are as bad as in use."""
SAME_PX = 0.75
"""Landmarks of a reference and of a frame that differ less are of one picture."""


@dataclass(frozen=True, slots=True, eq=False)
class Takes:
    """Frames of one person as the generator sees them. Glossary: n = takes."""

    warped: NDArray[np.uint8]
    """(n, SIDE, SIDE, 3) RGB, drawn without the references near in time."""
    truth: NDArray[np.uint8]
    """(n, SIDE, SIDE, 3) the filmed frame."""
    plate: NDArray[np.uint8]
    """(n, SIDE, SIDE, 3) the background."""
    coverage: NDArray[np.uint8]
    """(n, SIDE, SIDE) how much of each pixel is the face's surface, 0 to 255."""
    landmarks: NDArray[np.float32]
    """(n, 478, 2) px of the square."""
    condition: NDArray[np.float32]
    """(n, CONDITION)."""
    frame: NDArray[np.int64]
    """(n,) number in the footage, rising."""

    def __len__(self) -> int:
        return len(self.frame)

    def part(self, index: NDArray[np.int64]) -> "Takes":
        """Some of them."""
        return Takes(**{each.name: getattr(self, each.name)[index] for each in fields(self)})

    @classmethod
    def empty(cls, count: int) -> "Takes":
        """Room for `count` takes."""
        picture = (count, SIDE, SIDE, 3)
        return cls(
            warped=np.empty(picture, np.uint8),
            truth=np.empty(picture, np.uint8),
            plate=np.empty(picture, np.uint8),
            coverage=np.empty(picture[:3], np.uint8),
            landmarks=np.empty((count, 478, 2), np.float32),
            condition=np.empty((count, CONDITION), np.float32),
            frame=np.empty(count, np.int64),
        )


class Stage:
    """One person in front of the engine: draws what footage shows, without looking it up there."""

    def __init__(self, engine: FirstOrderEngine, appearance: Appearance) -> None:
        """Prepare.

        Args:
            engine: Draws the person; the crop's size is its own.
            appearance: Of the person.
        """
        self._engine, self._crop = engine, appearance.crop
        self._plate = cut_to(appearance.plate, engine.size)
        self._rig = LandmarkRig.load()
        self._references = np.stack([item.landmarks for item in appearance.references])
        source = self._rig.align(self._references[:1])
        self._condition = Condition(source, source.to_canonical(self._references[:1])[0])

    def places(self, landmarks: NDArray[np.float32]) -> NDArray[np.int64]:
        """Which frame of a track each reference was, (r,); -1 for none of them.

        Args:
            landmarks: (t, 478, 3) px.
        """
        gaps = [
            np.linalg.norm(landmarks[..., :2] - each[:, :2], axis=2).mean(axis=1)
            for each in self._references
        ]
        nearest = np.array([gap.argmin() for gap in gaps])
        known = np.array([gap.min() < SAME_PX for gap in gaps])
        return np.where(known, nearest, -1)

    def usable(
        self, landmarks: NDArray[np.float32], valid: NDArray[np.bool_], *, fps: float
    ) -> NDArray[np.int64]:
        """Frames to learn from: with a face, and not so near in time to the source frame.

        The source frame is what lies far from the face, and would give its neighbours away.
        """
        source = int(self.places(landmarks)[0])
        far = np.ones(len(valid), bool)
        if source >= 0:
            far = np.abs(np.arange(len(valid)) - source) >= EXCLUDED_S * fps
        return np.flatnonzero(valid & far)

    def draw(
        self,
        frames: Iterable[tuple[int, NDArray[np.uint8]]],
        landmarks: NDArray[np.float32],
        *,
        fps: float,
        rng: np.random.Generator,
        dropped: float = DROPPED,
    ) -> Iterator[Takes]:
        """A take of each frame.

        Args:
            frames: Number and picture (h, w, 3).
            landmarks: (t, 478, 3) px of all frames.
            fps: Frames a second.
            rng: Which references are dropped: neighbours share their choice.
            dropped: Share of the references, beside those near in time.
        """
        places = self.places(landmarks)
        allowed, last = None, -2
        for number, frame in frames:
            near = (places >= 0) & (np.abs(places - number) < EXCLUDED_S * fps)
            if number != last + 1 or allowed is None or (allowed & near).any():
                allowed = _allowed(near, dropped, rng)
            last = number
            yield self._take(number, frame, landmarks[number], allowed)

    def _take(
        self,
        number: int,
        frame: NDArray[np.uint8],
        landmarks: NDArray[np.float32],
        allowed: NDArray[np.bool_],
    ) -> Takes:
        pose = self._rig.align(landmarks[None])
        shape = pose.to_canonical(landmarks[None])[0]
        face = DrivenFace(landmarks=landmarks, shape=shape, rotation=pose.rotation[0])
        head = self._engine.render(face, allowed=allowed)
        size, crop = self._engine.size, self._crop
        corner, scale = np.array([crop.x, crop.y], np.float32), size / crop.side
        view = View.of_head(pose, scale=scale, corner=corner)
        coverage = np.round(head.coverage * 255).astype(np.uint8)
        placed = (landmarks[:, :2] - corner) * np.float32(scale) - np.float32(0.5)
        return Takes(
            warped=view.look(head.image)[None],
            truth=view.look(cut(frame, crop, size))[None],
            plate=view.look(self._plate)[None],
            coverage=view.look(coverage)[None],
            landmarks=view.place(placed)[None],
            condition=self._condition.describe(pose, shape)[None],
            frame=np.array([number]),
        )


def _allowed(
    near: NDArray[np.bool_], dropped: float, rng: np.random.Generator
) -> NDArray[np.bool_]:
    allowed = ~near & (rng.random(len(near)) >= dropped)
    if not allowed.any():
        allowed = ~near
    # where all of them are near, one must do
    return allowed if allowed.any() else np.ones_like(near)


def gather(takes: Iterable[Takes], count: int) -> Takes:
    """Put at most `count` single takes together without holding them twice."""
    room, done = Takes.empty(count), 0
    for take in takes:
        for each in fields(Takes):
            getattr(room, each.name)[done] = getattr(take, each.name)[0]
        done += 1
    return room.part(np.s_[:done])


def cut_to(picture: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """A square picture (c, c, 3) at another size."""
    import cv2

    if len(picture) == size:
        return picture
    method = cv2.INTER_AREA if len(picture) > size else cv2.INTER_CUBIC
    return np.ascontiguousarray(cv2.resize(picture, (size, size), interpolation=method))
