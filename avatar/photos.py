"""Stills from other angles: read, checked to show the enrolled person, and tracked."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from avatar.errors import AvatarError
from capture.evidence.faces import compare, describe_faces, describe_video
from capture.stills import read_still

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")
LARGEST_SIDE_PX = 1600
"""Larger stills are reduced: the texture holds no more."""
SAME_PERSON_DISTANCE = 0.6
"""Of dlib descriptors. Turned faces lie further apart than frontal ones; another person further."""


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """A photo with its tracked face."""

    image: NDArray[np.uint8]
    """(h, w, 3) RGB."""
    landmarks: NDArray[np.float32]
    """(478, 3) px."""
    blendshapes: NDArray[np.float32]
    """(52,)."""


def read_stills(folder: Path, *, video: Path) -> list[Still]:
    """Read the photos of a folder; those without a face are left out.

    Args:
        folder: JPEG, PNG, WebP, BMP or TIFF files; others are ignored.
        video: The enrolment footage, whose face the photos must show.

    Raises:
        AvatarError: There is no photo, or one shows somebody else.
        MediaError: A photo cannot be read.
    """
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    if not paths:
        raise AvatarError(
            f"{folder} holds no photos",
            hint=f"Put stills there as {', '.join(SUFFIXES[:4])}, or leave --photos out.",
        )
    enrolled = describe_video(video, samples=6).largest
    stills = []
    for path in paths:
        image = read_still(path, largest_side=LARGEST_SIDE_PX)
        seen = describe_faces([image]).largest
        if len(seen) and (distance := compare(seen, enrolled)) > SAME_PERSON_DISTANCE:
            raise AvatarError(
                f"{path.name} shows somebody else than the video "
                f"(face distance {distance:.2f}, at most {SAME_PERSON_DISTANCE})",
                hint="A consent covers one person: take that photo out of the folder.",
            )
        found = _track(image)
        if found is not None:
            stills.append(found)
    return stills


def _track(image: NDArray[np.uint8]) -> Still | None:
    from capture.trackers.mediapipe import MediaPipeTracker

    with MediaPipeTracker() as tracker:
        found = tracker.find(image)
        if not found:
            return None
        seen = tracker.look(image, found[0].landmarks) or found[0]
    return Still(image=image, landmarks=seen.landmarks, blendshapes=seen.blendshapes)
