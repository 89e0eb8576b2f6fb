"""What is set on top of the driving motion: strengths, openings, gaze, view, stillness."""

import math
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from avatar.asset import AvatarAsset
from capture.landmark_rig import LandmarkRig
from reenact.errors import ControlError
from reenact.gaze import Gaze, kept, towards
from reenact.openings import EyeOpening, LipOpening, Opening, UsualOpening
from reenact.view import NECK_M, View

LARGEST_STRENGTH = 2.0
LARGEST_GAZE_DEGREES = 30.0
CAMERA = (0.0, 0.0)
FRONT = View()


@dataclass(frozen=True, slots=True)
class Controls:
    """How a person is to move; the defaults leave the driving motion as it is."""

    expression: float = 1.0
    """Strength of all changes of the face but the eyes', 0 to 2. Lids and gaze keep theirs: half
    a blink is none."""
    pose: float = 1.0
    """Strength of turning and moving the head, 0 to 2."""
    eye_open: Opening = 1.0
    """How far the lids are apart: a factor, 0 to 2, or `source`: a driver who squints all the
    time leaves the source's usual opening as it is. Blinks stay."""
    lip_open: Opening = 1.0
    """The same for the lips."""
    gaze: tuple[float, float] | None = None
    """Where the eyes look whatever the head does: degrees to the picture's right and upwards,
    (0, 0) is the camera. None follows the motion."""
    view: View = FRONT
    """Turns added to the head, constant or over time."""
    still: bool = False
    """The head does not move; eyes blink and lips move."""

    def __post_init__(self) -> None:
        for name in ("expression", "pose", "eye_open", "lip_open"):
            value = getattr(self, name)
            if value == "source" and name in ("eye_open", "lip_open"):
                continue
            if not isinstance(value, int | float) or not 0 <= value <= LARGEST_STRENGTH:
                raise ControlError(
                    f"{name}: want a number from 0 to {LARGEST_STRENGTH:g}, got {value!r}",
                    hint="1 leaves the motion as it is.",
                )
        if self.gaze is not None and not all(
            math.isfinite(angle) and abs(angle) <= LARGEST_GAZE_DEGREES for angle in self.gaze
        ):
            raise ControlError(
                f"gaze: want angles up to {LARGEST_GAZE_DEGREES:g} degrees, got {self.gaze}",
                hint="0,0 is the camera, 10,0 a little to the picture's right.",
            )

    @property
    def pose_strength(self) -> float:
        """Of the head's motion: none in still mode."""
        return 0.0 if self.still else self.pose

    def record(self) -> dict[str, object]:
        """All controls as plain data, for the proof of a video."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        gaze = "follow" if self.gaze is None else ",".join(f"{angle:g}" for angle in self.gaze)
        return values | {"gaze": gaze, "view": str(self.view)}


NATURAL = Controls()


def parse_gaze(text: str) -> tuple[float, float] | None:
    """Read `follow`, `camera` or `YAW,PITCH` in degrees.

    Raises:
        ControlError: It is none of these.
    """
    if text in ("follow", "camera"):
        return None if text == "follow" else CAMERA
    try:
        yaw, pitch = (float(part) for part in text.split(","))
    except ValueError as error:
        raise ControlError(
            f"gaze: {text!r} is neither follow, camera nor two angles", hint="Write 10,-5."
        ) from error
    return yaw, pitch


def parse_opening(text: str) -> Opening:
    """Read `source` or a factor.

    Raises:
        ControlError: It is neither.
    """
    if text == "source":
        return "source"
    try:
        return float(text)
    except ValueError as error:
        raise ControlError(
            f"{text!r} is neither a factor nor 'source'", hint="Write 1.2, or source."
        ) from error


class FaceControls:
    """Applies eye and lip opening and gaze to driven shapes of one person."""

    def __init__(
        self,
        controls: Controls,
        asset: AvatarAsset,
        *,
        rest: NDArray[np.float32],
        usual: UsualOpening | None,
    ) -> None:
        """Prepare the person's eyes and lips.

        Args:
            controls: What is asked for.
            asset: The person.
            rest: (478, 3) metres, the face in the source frame.
            usual: Openings of a tracked driver; None where there is none to fit.
        """
        self._controls, self._usual = controls, usual
        self._eyes, self._lips = EyeOpening(rest), LipOpening(rest)
        placed = np.stack([item.landmarks for item in asset.appearance.references])
        poses = LandmarkRig.load().align(placed)
        self._gaze = Gaze(poses.to_canonical(placed), poses.rotation)

    def open(
        self, shapes: NDArray[np.float32], driving: NDArray[np.float32] | None
    ) -> NDArray[np.float32]:
        """Set the openings of (t, 478, 3) shapes; `driving` are the driver's own."""
        for opening, part in (
            (self._controls.eye_open, self._eyes),
            (self._controls.lip_open, self._lips),
        ):
            if opening == "source":
                if driving is not None and self._usual is not None:
                    shapes = part.fitted(shapes, driving, self._usual)
            elif opening != 1:
                shapes = part.multiplied(shapes, float(opening))
        return shapes

    def look(
        self,
        shapes: NDArray[np.float32],
        *,
        shown: NDArray[np.float32],
        held: NDArray[np.float32],
        driven: NDArray[np.float32],
    ) -> NDArray[np.float32]:
        """Aim the eyes of (t, 478, 3) shapes; all rotations are (t, 3, 3) of the head.

        Args:
            shapes: In canonical head space.
            shown: As it is shown.
            held: Without the view.
            driven: Without the view and at full strength: eyes that follow look at the same point
                with a head that moves less.
        """
        if self._controls.gaze is not None:
            yaw, pitch = self._controls.gaze
            return self._gaze.aim(shapes, towards(yaw, pitch, shown))
        if self._controls.pose_strength != 1:
            return self._gaze.aim(shapes, kept(self._gaze.read(shapes), driven, held))
        return shapes


def scaled_pose(
    rotations: NDArray[np.float32],
    translations: NDArray[np.float32],
    *,
    strength: float,
    rotation: NDArray[np.float32],
    translation: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Head poses that keep only a share of their way from the source frame's, or go beyond.

    Args:
        rotations: (t, 3, 3).
        translations: (t, 3) metres.
        strength: 1 changes nothing, 0 holds the source frame's pose.
        rotation: (3, 3) of the source frame.
        translation: (3,) of the source frame.
    """
    from scipy.spatial.transform import Rotation

    since = Rotation.from_matrix(rotations @ rotation.T).as_rotvec()
    turned = Rotation.from_rotvec(strength * since).as_matrix() @ rotation
    moved = translation + strength * (translations - translation)
    return turned.astype(np.float32), moved.astype(np.float32)


def viewed_pose(
    rotations: NDArray[np.float32], translations: NDArray[np.float32], turns: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Head poses turned by a view about the neck.

    Args:
        rotations: (t, 3, 3).
        translations: (t, 3) metres.
        turns: (t, 3, 3) from `View.at`.
    """
    turned = (turns @ rotations).astype(np.float32)
    return turned, (translations + (rotations - turned) @ NECK_M).astype(np.float32)
