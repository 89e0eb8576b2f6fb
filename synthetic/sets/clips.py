"""Films a performance: MP4, truth beside it."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capture.audio import AudioClip
from capture.video import write_mp4
from synthetic.performance import Performance
from synthetic.person import Person
from synthetic.posing import pose_figure
from synthetic.scenes import Shot
from synthetic.sets import truth
from synthetic.sets.items import write_json
from synthetic.sets.studio import Look, Studio
from synthetic.speech import Utterance

FPS = Fraction(25)
VIDEO, TRUTH, ARRAYS = "video.mp4", "truth.json", "truth.npz"


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """Who does what in front of which camera."""

    person: Person
    shot: Shot
    performance: Performance
    seed: int
    """Of the camera's noise."""
    utterance: Utterance | None = None

    @property
    def speech(self) -> Utterance:
        """What is said.

        Raises:
            ValueError: Nothing is.
        """
        if self.utterance is None:
            raise ValueError("nothing is said in this take")
        return self.utterance

    def rendered(self, studio: Studio, look: Look) -> Iterator[NDArray[np.uint8]]:
        """Frames (h, w, 3) as the lens sees them."""
        renderer = studio.renderer(self.person, self.shot.scene, look)
        for index in range(len(self.performance)):
            yield renderer.frame(self.performance.pose(index))

    def developed(self, frames: Iterator[NDArray[np.uint8]]) -> Iterator[NDArray[np.uint8]]:
        """The same frames as the camera records them."""
        for index, frame in enumerate(frames):
            yield self.shot.film.develop(frame, np.random.default_rng([self.seed, index]))

    def sound(self) -> AudioClip | None:
        """The speech as long as the picture, in a room that is not quite silent."""
        if self.utterance is None:
            return None
        return fitted(self.utterance.audio, len(self.performance), self.seed)

    def truth(self, size: int) -> dict[str, Any]:
        """See `truth.clip_truth`."""
        return truth.clip_truth(self.shot, self.performance, size=size, utterance=self.utterance)


def film(take: Take, folder: Path, studio: Studio, look: Look, **more: Any) -> None:
    """Write `video.mp4`, `truth.json`, `truth.npz` and `person.json` of a take.

    Args:
        take: What is filmed.
        folder: Where to.
        studio: Builds the renderer.
        look: How it is rendered.
        more: Further entries of the truth.
    """
    renderer = studio.renderer(take.person, take.shot.scene, look)
    figure = studio.figure(take.person, look.detail)
    track: list[NDArray[np.float32]] = []

    def frames() -> Iterator[NDArray[np.uint8]]:
        for index in range(len(take.performance)):
            posed = pose_figure(figure, take.performance.pose(index))
            camera = take.shot.scene.camera
            track.append(truth.landmarks_px(figure, posed, camera, look.size))
            yield renderer.draw(posed)

    write_video(folder / VIDEO, take, take.developed(frames()), take.sound())
    truth.write_arrays(folder / ARRAYS, figure, landmarks_px=np.stack(track))
    write_json(folder / TRUTH, {**take.truth(look.size), **more})
    write_json(folder / "person.json", asdict(take.person))


def write_video(
    path: Path, take: Take, frames: Iterator[NDArray[np.uint8]], audio: AudioClip | None
) -> None:
    """Encode frames of a take at its film's quality."""
    write_mp4(frames, path, fps=take.performance.fps, audio=audio, crf=take.shot.film.crf)


def fitted(audio: AudioClip, frames: int, seed: int, *, room: float = 0.0006) -> AudioClip:
    """Sound cut or continued to a number of frames, with the noise of a room.

    Args:
        audio: The speech.
        frames: At `FPS`.
        seed: Of the noise.
        room: Its standard deviation.
    """
    samples = np.zeros(round(frames / FPS * audio.sample_rate), np.float32)
    kept = audio.samples[: len(samples)]
    samples[: len(kept)] = kept
    noise = np.random.default_rng([seed, 1]).normal(0, room, len(samples))
    return AudioClip(
        np.clip(samples + noise, -1, 1).astype(np.float32), sample_rate=audio.sample_rate
    )
