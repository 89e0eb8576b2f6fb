"""A driving video as a stream of motion, and the frame of it to start from."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from avatar.asset import AvatarAsset
from capture.area import Area, parse_area
from capture.errors import NoFaceError
from capture.head_pose import Camera
from capture.landmark_rig import LandmarkRig
from capture.motion import MotionSequence
from capture.searching import follow_closely
from capture.to_motion import landmarks_to_motion
from capture.tracking import (
    COUNTING_SAMPLES,
    FaceCounter,
    Followed,
    bridge,
    count_faces,
    follow_face,
    whom_to_follow,
)
from capture.video import VideoInfo, probe, read_frames
from reenact.best_frame import BestFrame, openings
from reenact.stages import side_by_side
from reenact.sway.watching import watch_sway
from reenact.transfer import DrivingReference

if TYPE_CHECKING:
    from capture.trackers.mediapipe import FaceObservation

CHUNK = 8
"""Frames that travel together; a gap shorter than this is bridged by both sides."""
LONGEST_WAIT = 25
"""Frames that wait for the face to come back before the last pose is held."""
REFERENCE_SEARCH = 750
"""Frames of the driving video among which the reference is looked for, once a face is seen."""
REFERENCE_STRIDE = 5
"""Every how many frames it is looked for at most; every one where that saw no face."""
REFERENCE_LOOKS = 20
"""About so many frames suffice: in a long clip the stride grows."""


class DrivingVideo:
    """One followed face of a video. Reads it as a stream, as often as asked."""

    def __init__(
        self,
        path: Path,
        *,
        face: int | None = None,
        crop: Area | str | None = None,
        stride: int = 1,
    ) -> None:
        """Look at the video.

        Args:
            path: The driving video.
            face: Which face, 0 the largest; None means the largest.
            crop: Where the face is looked for: a part, "auto" for one that is found around the
                face, None for the whole picture.
            stride: Deliver every n-th frame only, at a lower rate.

        Raises:
            MediaError: It cannot be read.
            NoFaceError: It never shows as many faces as `face` needs.
        """
        self.path = path
        whole = probe(path)
        self.info: VideoInfo = replace(
            whole, fps=whole.fps / stride, frame_count=-(-whole.frame_count // stride)
        )
        """What is delivered."""
        self._stride = stride
        self._known: Followed | None = None
        self._counter: FaceCounter | None = None
        if crop == "auto":
            self._known = follow_closely(path, face=face)
        elif crop is not None or face is not None:
            area = parse_area(crop) if isinstance(crop, str) else crop
            area = area and area.inside(whole.width, whole.height)
            self._known = whom_to_follow(path, face=face, area=area)
        self.bridged = 0
        """Frames without the face, in what was streamed so far."""

    @property
    def _followed(self) -> Followed:
        """Whose face is followed; found out when it is first asked for."""
        self._known = self._known or whom_to_follow(self.path, face=None)
        return self._known

    @property
    def faces(self) -> int:
        """The most faces seen at a time."""
        return self._followed.faces

    @property
    def crop(self) -> Area | None:
        """Where the face is looked for."""
        return self._followed.area

    def reference(self, asset: AvatarAsset) -> DrivingReference:
        """The shape of the frame that is most like the source frame, and the usual pose.

        The best driving frame (Siarohin et al. 2019, supplementary) is looked for in the half
        minute after the face first appears; sampling keeps the cost low.

        Raises:
            NoFaceError: None of the frames shows the face.
        """
        window = min(REFERENCE_SEARCH // self._stride, self.info.frame_count)
        coarse = max(REFERENCE_STRIDE, -(-window // REFERENCE_LOOKS))
        if self._known is None:
            found = self._reference_if_alone(asset, coarse, window)
            if found is not None:
                return found
        with suppress(NoFaceError):
            return self._reference(asset, coarse)
        return self._reference(asset, 1)

    def _reference_if_alone(
        self, asset: AvatarAsset, stride: int, window: int
    ) -> DrivingReference | None:
        """The reference, if it turns out on the way that nobody else is in the clip.

        Counting the faces first would decode the same frames once more.
        """
        counter = FaceCounter(every=max(1, window // stride // (COUNTING_SAMPLES - 1)))
        self._known, self._counter = Followed(1), counter
        found = None
        with suppress(NoFaceError):
            found = self._reference(asset, stride)
        self._known, self._counter = None, None
        rest = count_faces(self.path, start=window * self._stride)
        if found is None or max(counter.most, rest) > 1:
            return None
        self._known = Followed(1)
        return found

    def _reference(self, asset: AvatarAsset, stride: int) -> DrivingReference:
        rig = LandmarkRig.load()
        source = rig.align(asset.appearance.references[0].landmarks[None])
        own = openings(source.to_canonical(asset.appearance.references[0].landmarks[None]))
        seen = BestFrame()
        searched = 0
        for motion in self.motion(stride=stride):
            seen.add(motion, rig)
            # the first piece starts with whatever frames come before the face
            searched += len(motion) if searched else _from_first_seen(motion)
            if searched * stride * self._stride >= REFERENCE_SEARCH:
                break
        if not seen.shapes:
            raise self.no_face()
        return seen.reference(asset.rest, own[0], source.rotation[0])

    def motion(self, *, stride: int = 1, sway: bool = False) -> Iterator[MotionSequence]:
        """Stream the motion in short pieces; frames without the face are bridged.

        Args:
            stride: Take every n-th frame only.
            sway: Also watch how hair and shoulders move.

        Raises:
            NoFaceError: No frame at all shows the face.
        """
        fps = self.info.fps / stride
        seen = self.follow(stride=stride)
        watched = watch_sway(seen) if sway else ((found, None) for _, found in seen)
        for piece in _with_both_sides(watched):
            yield self._motion_of(piece, fps)

    def follow(
        self, *, stride: int = 1
    ) -> "Iterator[tuple[NDArray[np.uint8], FaceObservation | None]]":
        """Stream every n-th frame, (h, w, 3) RGB, with the face, None where it is not seen."""
        step = stride * self._stride
        frames = (frame for index, frame in enumerate(read_frames(self.path)) if index % step == 0)
        if self._counter is not None:
            frames = self._counter.through(frames)
        if stride > 1:  # while the reference is looked for nothing else runs beside
            frames = side_by_side(frames)
        self.bridged = 0
        for frame, found in follow_face(frames, self._followed):
            self.bridged += found is None
            yield frame, found

    def _motion_of(self, piece: "_Piece", fps: Fraction) -> MotionSequence:
        if not any(found is not None for found in piece.seen):
            raise self.no_face()
        width, height = self.info.width, self.info.height
        track = bridge(piece.seen, fps=fps, start=0, width=width, height=height)
        motion = landmarks_to_motion(
            track.landmarks,
            track.blendshapes,
            fps=fps,
            camera=Camera(width, height),
            rig=LandmarkRig.load(),
            valid=track.valid.copy(),
        )
        if all(each is not None for each in piece.sways):
            motion = replace(motion, sway=np.stack([each for each in piece.sways]))
        return motion.slice(int(piece.carried), len(motion))

    def first(self) -> "tuple[NDArray[np.uint8], FaceObservation, MotionSequence]":
        """The first frame with the face, (h, w, 3) RGB: the face in it, and its motion.

        Raises:
            NoFaceError: No frame shows it.
        """
        for frame, found in self.follow():
            if found is not None:
                motion = self._motion_of(_Piece([found], [None], carried=False), self.info.fps)
                return frame, found, motion
        raise self.no_face()

    def no_face(self) -> NoFaceError:
        """The error that no frame shows the face."""
        return NoFaceError(
            f"{self.path.name}: no face was found",
            hint="Use a driving video with a well-lit face that looks towards the camera.",
        )


@dataclass(slots=True)
class _Piece:
    seen: "list[FaceObservation | None]"
    sways: list[NDArray[np.float32] | None]
    carried: bool
    """Whether the first observation belongs to the piece before, to bridge from."""


def _with_both_sides(
    seen: "Iterator[tuple[FaceObservation | None, NDArray[np.float32] | None]]",
) -> Iterator[_Piece]:
    """Cut a stream into pieces that end on a seen face, so that gaps have two sides to bridge.

    Each piece but the first starts with the last seen face before it.
    """
    piece, last = _Piece([], [], carried=False), None
    for found, sway in seen:
        piece.seen.append(found)
        piece.sways.append(sway)
        last = found or last
        waits = found is None and (last is None or len(piece.seen) < LONGEST_WAIT)
        if len(piece.seen) > CHUNK and not waits:
            yield piece
            piece = _Piece([last], [sway], carried=True)
    if len(piece.seen) > piece.carried:
        yield piece


def _from_first_seen(motion: MotionSequence) -> int:
    """How many frames there are from the first that shows the face."""
    if motion.valid is None:
        return len(motion)
    return len(motion) - int(motion.valid.argmax())
