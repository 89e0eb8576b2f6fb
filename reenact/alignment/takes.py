"""What there is to learn from: warped pictures of a person beside the frames they stand for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from avatar.appearance import Appearance
from avatar.background import cut
from capture.landmark_rig import LandmarkRig
from reenact.alignment.numbers import COUNT, FaceNumbers
from reenact.alignment.view import SIDE, View
from reenact.engine import DrivenFace, FirstOrderEngine

EXCLUDED_S = 1.0
"""References this near in time to a frame are not used for it: they would give it away."""
DROPPED = 1 / 3
"""Share of the other references that are left out too, so that there is more to learn from."""
SAME_PX = 0.75
"""Landmarks of a reference and of a frame that differ less are of one picture."""


@dataclass(frozen=True, slots=True, eq=False)
class Takes:
    """Frames of one person, drawn and filmed. Glossary: n = takes."""

    warped: NDArray[np.uint8]
    """(n, SIDE, SIDE, 3) RGB, drawn without the references near in time."""
    truth: NDArray[np.uint8]
    """(n, SIDE, SIDE, 3) the filmed frame."""
    numbers: NDArray[np.float32]
    """(n, COUNT) of the driven face."""
    relative: NDArray[np.float32]
    """(n, 2, COUNT) the same as they differ from the references in the face and around it."""

    def __len__(self) -> int:
        return len(self.numbers)

    def part(self, index: NDArray[np.integer] | slice) -> "Takes":
        """Some of them."""
        return Takes(**{each.name: getattr(self, each.name)[index] for each in fields(self)})


class Stage:
    """One person in front of the engine: draws what footage shows, without looking it up there."""

    def __init__(self, engine: FirstOrderEngine, appearance: Appearance) -> None:
        """Prepare.

        Args:
            engine: Draws the person; the crop's size is its own.
            appearance: Of the person.
        """
        self._engine, self._crop = engine, appearance.crop
        self._rig = LandmarkRig.load()
        self._references = np.stack([item.landmarks for item in appearance.references])
        self._numbers = FaceNumbers(self._references[0])
        self._shown = np.stack([self._numbers.describe(each) for each in self._references])

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
            rng: Which references are dropped.
            dropped: Share of the references, beside those near in time.
        """
        places = self.places(landmarks)
        for number, frame in frames:
            near = (places >= 0) & (np.abs(places - number) < EXCLUDED_S * fps)
            yield self._take(frame, landmarks[number], _allowed(near, dropped, rng))

    def _take(
        self,
        frame: NDArray[np.uint8],
        landmarks: NDArray[np.float32],
        allowed: NDArray[np.bool_],
    ) -> Takes:
        pose = self._rig.align(landmarks[None])
        shape = pose.to_canonical(landmarks[None])[0]
        face = DrivenFace(landmarks=landmarks, shape=shape, rotation=pose.rotation[0])
        head = self._engine.render(face, allowed=allowed)
        size, crop = self._engine.size, self._crop
        corner = np.array([crop.x, crop.y], np.float32)
        view = View.of_head(pose, scale=size / crop.side, corner=corner)
        numbers = self._numbers.of_pose(pose, shape)
        return Takes(
            warped=view.look(head.image)[None],
            truth=view.look(cut(frame, crop, size))[None],
            numbers=numbers[None],
            relative=(numbers - head.blend @ self._shown)[None],
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
    room = Takes(
        warped=np.empty((count, SIDE, SIDE, 3), np.uint8),
        truth=np.empty((count, SIDE, SIDE, 3), np.uint8),
        numbers=np.empty((count, COUNT), np.float32),
        relative=np.empty((count, 2, COUNT), np.float32),
    )
    done = 0
    for take in takes:
        for each in fields(Takes):
            getattr(room, each.name)[done] = getattr(take, each.name)[0]
        done += 1
    return room.part(slice(done))
