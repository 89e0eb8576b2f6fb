"""Reading the enrolment footage: where the face is, how sharp, and the pictures that are kept."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from avatar.appearance import Appearance, Crop, Reference
from avatar.background import choose_crop, clean_plate, cut
from avatar.coverage import Coverage, measure_coverage
from avatar.errors import AvatarError
from avatar.references import choose_references
from avatar.survey import Survey, places
from capture.errors import NoFaceError
from capture.landmark_rig import LandmarkRig
from capture.landmarks import LEFT_EYE, RIGHT_EYE
from capture.track import FaceTrack
from capture.tracking import bridge, follow_face, whom_to_follow
from capture.video import VideoInfo, probe, read_frames

FEWEST_FRAMES = 5
"""Frames with a face that an enrolment needs at least."""
SMALLEST_FACE_PX = 48
"""Of the face's larger extent."""
MOST_FRAMES = 3000
"""Longer footage is enough by far: only this many frames are looked at."""
PLATE_FRAMES = 48
SHARPNESS_PX = 128
"""Side to which a face is brought before its sharpness is measured."""
BURNT_OUT = 250
"""Level of a pixel, in all channels, that a lamp's reflection has and skin has not."""
GLASSES = 0.1
"""How far glasses reach beyond the eyes, up and down, of the distance of the outer corners."""
SMALLEST_CROP_PX, LARGEST_CROP_PX = 256, 768
"""Bounds of the side at which reference crops are kept."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Footage:
    """One person's tracked footage."""

    path: Path
    info: VideoInfo
    track: FaceTrack
    survey: Survey


def read_footage(
    path: Path, *, face: int | None = None, on_progress: Progress | None = None
) -> Footage:
    """Track the person and measure every frame.

    Args:
        path: The enrolment video.
        face: Which face, 0 the largest; None means the largest.
        on_progress: Called with (frames done, frames in all).

    Raises:
        MediaError: The video cannot be read.
        NoFaceError: Too few frames show a face, or the face is too small.
    """
    info = probe(path)
    followed = whom_to_follow(path, face=face)
    seen, sharpness, glare = [], [], []
    total = min(info.frame_count, MOST_FRAMES)
    frames = read_frames(path, stop=MOST_FRAMES)
    for frame, found in follow_face(frames, followed):
        seen.append(found)
        sharpness.append(0.0 if found is None else face_sharpness(frame, found.box))
        glare.append(0.0 if found is None else eye_glare(frame, found.landmarks))
        if on_progress is not None:
            on_progress(len(seen), total)
    known = sum(found is not None for found in seen)
    if known < min(FEWEST_FRAMES, len(seen)) or known == 0:
        raise NoFaceError(
            f"{path.name}: a face was found in {known} of {len(seen)} frames",
            hint="Use footage with a well-lit face that looks towards the camera.",
        )
    track = bridge(seen, fps=info.fps, start=0, width=info.width, height=info.height)
    extent = float(np.median((track.boxes[:, 2:] - track.boxes[:, :2]).max(axis=1)))
    if extent < SMALLEST_FACE_PX:
        raise NoFaceError(
            f"{path.name}: the face is only {extent:.0f} px large",
            hint=f"Use footage in which it has at least {SMALLEST_FACE_PX} px, better 200.",
        )
    poses = LandmarkRig.load().align(track.landmarks)
    survey = Survey(
        shapes=poses.to_canonical(track.landmarks),
        rotations=poses.rotation,
        places=places(poses),
        sharpness=np.array(sharpness, np.float32),
        glare=np.array(glare, np.float32),
        valid=track.valid,
    )
    return Footage(path=path, info=info, track=track, survey=survey)


def face_sharpness(frame: NDArray[np.uint8], box: NDArray[np.float32]) -> float:
    """Variance of the Laplacian of the face in an (h, w, 3) frame, at a fixed face size."""
    import cv2

    height, width = frame.shape[:2]
    x0, y0 = np.clip(box[:2], 0, (width - 1, height - 1)).astype(int)
    x1, y1 = np.clip(box[2:], 1, (width, height)).astype(int)
    if x1 <= x0 or y1 <= y0:
        return 0.0
    grey = cv2.cvtColor(np.ascontiguousarray(frame[y0:y1, x0:x1]), cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (SHARPNESS_PX, SHARPNESS_PX), interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(small, cv2.CV_32F).var())


def eye_glare(frame: NDArray[np.uint8], landmarks: NDArray[np.float32]) -> float:
    """Share of the strip across both eyes of an (h, w, 3) frame that light burns out.

    Args:
        frame: RGB.
        landmarks: (478, 3) px in it.
    """
    height, width = frame.shape[:2]
    eyes = landmarks[np.concatenate([RIGHT_EYE, LEFT_EYE]), :2]
    low, high = eyes.min(axis=0), eyes.max(axis=0)
    margin = GLASSES * (high[0] - low[0])  # as far as glasses reach up and down
    x0, x1 = np.clip((low[0], high[0]), 0, width).astype(int)
    y0, y1 = np.clip((low[1] - margin, high[1] + margin), 0, height).astype(int)
    strip = frame[y0:y1, x0:x1]
    return float((strip.min(axis=2) >= BURNT_OUT).mean()) if strip.size else 0.0


def pick_frames(path: Path, indices: Iterable[int]) -> dict[int, NDArray[np.uint8]]:
    """Decode some frames of a video in one pass, {index: (h, w, 3)}."""
    wanted = set(indices)
    picked: dict[int, NDArray[np.uint8]] = {}
    for index, frame in enumerate(read_frames(path, stop=max(wanted) + 1)):
        if index in wanted:
            picked[index] = frame
    return picked


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """An appearance, and where its references came from."""

    appearance: Appearance
    indices: NDArray[np.int64]
    """(r,) the references' frame numbers in the footage."""
    coverage: Coverage
    """What they show of all that matters."""


def build_look(footage: Footage) -> Look:
    """Choose the references and cut them out; separate the person from the background.

    Raises:
        AvatarError: The file changed while it was read.
    """
    from capture.trackers.matte import PersonMatte

    indices = choose_references(footage.survey)
    track = footage.track
    crop = choose_crop(track.boxes[track.valid], track.boxes[indices[0]])
    size = int(np.clip(crop.side, SMALLEST_CROP_PX, LARGEST_CROP_PX))
    for_plate = np.unique(np.linspace(0, len(track) - 1, PLATE_FRAMES).astype(int))
    frames = pick_frames(footage.path, [*indices.tolist(), *for_plate.tolist()])
    if not all(index in frames for index in indices.tolist()):
        raise AvatarError(
            f"{footage.path.name} has fewer frames than a moment ago",
            hint="Do not change the file while it is being read.",
        )
    with PersonMatte() as segmenter:
        references = tuple(
            _reference(frames[index], crop, size, track.landmarks[index], segmenter.matte)
            for index in indices.tolist()
        )
        pieces = (cut(frames[index], crop, size) for index in for_plate.tolist() if index in frames)
        plate = clean_plate(
            ((piece, segmenter.matte(piece)) for piece in pieces), references[0].image
        )
    appearance = Appearance(
        frame=frames[int(indices[0])], crop=crop, plate=plate, references=references
    )
    coverage = measure_coverage(footage.survey, indices, appearance)
    return Look(appearance=appearance, indices=indices, coverage=coverage)


def _reference(
    frame: NDArray[np.uint8],
    crop: Crop,
    size: int,
    landmarks: NDArray[np.float32],
    matte: Callable[[NDArray[np.uint8]], NDArray[np.uint8]],
) -> Reference:
    image = cut(frame, crop, size)
    return Reference(image=image, matte=matte(image), landmarks=landmarks.copy())
