"""What the references of an avatar show, and what the person should still be filmed doing.

An avatar shows what its references show: a mouth that was never wide open is stretched open, a
cheek that was never turned to the camera is smeared. So it is measured at enrolment which of the
looks that matter most are among them, and what is missing is told in words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from avatar.appearance import Appearance
from avatar.survey import Survey
from capture.landmarks import (
    EYE_INNER_LEFT,
    EYE_INNER_RIGHT,
    EYE_OUTER_LEFT,
    EYE_OUTER_RIGHT,
    INNER_LIPS,
    LEFT_BROW,
    MOUTH_CORNER_LEFT,
    MOUTH_CORNER_RIGHT,
    OUTER_LIPS,
    RIGHT_BROW,
)

MILLIMETRES = 1000.0
PERCENT = 100.0
PARTED_MM = 3.0
"""Between the lips, from where on a wide mouth is an "ee" and not a closed smile."""
MOUTH_PX = 160
"""Width to which a mouth is brought before its teeth are looked for."""
AS_LIGHT_AS_LIPS = 0.8
PALER_THAN_LIPS = 6.0
"""Teeth: nearly as light as the lips (CIE L*), and less red by this much (CIE a*)."""
OPEN_SHARE = 0.1
"""Mean height of a mouth that can show its teeth, of its width: in a slit they count less."""


class Aspect(StrEnum):
    """A look that references should show. Left and right are the person's own."""

    TURNED_LEFT = "head turned left"
    TURNED_RIGHT = "head turned right"
    OPEN_MOUTH = "wide open mouth"
    TEETH = "teeth"
    EE = "mouth saying 'ee'"
    OO = "mouth saying 'oo'"
    CLOSED_EYES = "closed eyes"
    RAISED_BROWS = "raised brows"


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much of an aspect is enough, and how a person shows it."""

    amount: float
    unit: str
    how: str


WANTED: Mapping[Aspect, Wanted] = {
    Aspect.TURNED_LEFT: Wanted(15, "degrees", "Turn your head slowly to your left and back."),
    Aspect.TURNED_RIGHT: Wanted(15, "degrees", "Turn your head slowly to your right and back."),
    Aspect.OPEN_MOUTH: Wanted(18, "mm between the lips", "Say 'aah' with your mouth wide open."),
    Aspect.TEETH: Wanted(20, "% of the open mouth", "Smile so that your teeth show."),
    Aspect.EE: Wanted(7, "% wider than usual", "Say a long 'ee', as in 'cheese'."),
    Aspect.OO: Wanted(15, "% narrower than usual", "Say a long 'oo', as in 'moon'."),
    Aspect.CLOSED_EYES: Wanted(70, "% closed", "Close both eyes for a second."),
    Aspect.RAISED_BROWS: Wanted(2.5, "mm higher than usual", "Raise your eyebrows for a second."),
}
"""Amounts that people reach without effort, and the tracker does not mistake for rest."""
HOLD = "It was seen, but blurred, in a reflection or half way: hold it still for a second."
GLARE = 0.02
"""Share of the strip across the eyes that may be burnt out."""
GLARE_ADVICE = (
    "Light is reflected in front of the eyes. Tilt your glasses or move the lamp, and film again."
)


@dataclass(frozen=True, slots=True)
class Shown:
    """How much of one aspect the references show."""

    aspect: Aspect
    reached: float
    """In the unit of `wanted`."""
    glimpsed: bool = False
    """Whether frames that are no fit references show enough of it."""

    @property
    def wanted(self) -> Wanted:
        """What would be enough."""
        return WANTED[self.aspect]

    @property
    def enough(self) -> bool:
        """Whether the references show it."""
        return self.reached >= self.wanted.amount

    @property
    def advice(self) -> str:
        """What to do, in words for the person who is filmed."""
        reached = f"{max(self.reached, 0):.0f} of {self.wanted.amount:g} {self.wanted.unit}"
        advice = f"{self.aspect} ({reached}): {self.wanted.how}"
        return f"{advice} {HOLD}" if self.glimpsed else advice


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the references show of all that matters."""

    shown: tuple[Shown, ...]
    """One for each `Aspect`."""
    glare: bool = False
    """Whether even the clearest frames have light reflected in front of the eyes."""
    single: bool = False
    """Whether there is one reference only, as from a photo."""

    @property
    def missing(self) -> tuple[Shown, ...]:
        """What the references do not show."""
        return tuple(each for each in self.shown if not each.enough)

    @property
    def advice(self) -> tuple[str, ...]:
        """What to film, one sentence or two for each thing that is missing."""
        if self.single:
            return (
                "There is one picture only: whatever it does not show is stretched from it. "
                "A video in which the person turns, speaks and blinks gives a better avatar.",
            )
        glare = (GLARE_ADVICE,) if self.glare else ()
        return (*(each.advice for each in self.missing), *glare)

    def record(self) -> dict[str, object]:
        """Plain data, for JSON."""
        return {
            "shown": {
                each.aspect.name.lower(): {
                    "reached": round(each.reached, 1),
                    "wanted": each.wanted.amount,
                    "unit": each.wanted.unit,
                    "enough": each.enough,
                }
                for each in self.shown
            },
            "missing": [each.aspect.name.lower() for each in self.missing],
            "advice": list(self.advice),
        }


def measure_coverage(
    survey: Survey, indices: NDArray[np.int64], appearance: Appearance
) -> Coverage:
    """Measure what the references show.

    Args:
        survey: Of the footage.
        indices: (r,) the references' frames in it.
        appearance: With the references' pictures, in the same order.
    """
    shown = []
    for aspect, amounts in measures(survey).items():
        reached = float(amounts[indices].max())
        beside = float(amounts[survey.valid].max())
        enough = WANTED[aspect].amount
        shown.append(Shown(aspect, reached, glimpsed=reached < enough <= beside))
    crop = appearance.crop
    teeth = max(
        teeth_share(
            item.image,
            (item.landmarks[:, :2] - (crop.x, crop.y)) * len(item.image) / crop.side - 0.5,
        )
        for item in appearance.references
    )
    shown.insert(list(Aspect).index(Aspect.TEETH), Shown(Aspect.TEETH, PERCENT * teeth))
    return Coverage(
        shown=tuple(shown),
        glare=bool(np.median(survey.glare[indices]) > GLARE),
        single=len(indices) == 1,
    )


def measures(survey: Survey) -> dict[Aspect, NDArray[np.float32]]:
    """(t,) how much every frame shows of each aspect that landmarks tell, in its unit."""
    shapes, valid = survey.shapes, survey.valid
    yaw = np.degrees(np.arctan2(survey.rotations[:, 0, 2], survey.rotations[:, 2, 2]))
    width = np.linalg.norm(shapes[:, MOUTH_CORNER_RIGHT] - shapes[:, MOUTH_CORNER_LEFT], axis=1)
    wider = PERCENT * (width / np.median(width[valid]) - 1)
    lips = survey.lip_gap() * MILLIMETRES
    corners = [EYE_OUTER_RIGHT, EYE_INNER_RIGHT, EYE_INNER_LEFT, EYE_OUTER_LEFT]
    brows = shapes[:, np.concatenate([RIGHT_BROW, LEFT_BROW]), 1].mean(axis=1)
    lifted = (brows - shapes[:, corners, 1].mean(axis=1)) * MILLIMETRES
    return {
        Aspect.TURNED_LEFT: yaw,  # towards the right of the picture
        Aspect.TURNED_RIGHT: -yaw,
        Aspect.OPEN_MOUTH: lips,
        Aspect.EE: np.where(lips >= PARTED_MM, wider, 0).astype(np.float32),
        Aspect.OO: -wider,
        Aspect.CLOSED_EYES: PERCENT * survey.closure(),
        Aspect.RAISED_BROWS: lifted - np.median(lifted[valid]),
    }


def teeth_share(image: NDArray[np.uint8], landmarks: NDArray[np.float32]) -> float:
    """How much of an open mouth is teeth, in [0, 1]: what is light there and not red.

    Compared with the same person's lips, in CIE L*a*b*, so that neither skin nor light decides.

    Args:
        image: (h, w, 3) RGB.
        landmarks: (478, 2) px in it.
    """
    import cv2

    lips = landmarks[OUTER_LIPS]
    corner = np.maximum(np.floor(lips.min(axis=0)), 0).astype(int)
    end = np.ceil(lips.max(axis=0)).astype(int) + 1
    piece = image[corner[1] : end[1], corner[0] : end[0]]
    if min(piece.shape[:2]) < 2:
        return 0.0
    scale = MOUTH_PX / piece.shape[1]
    height = max(round(piece.shape[0] * scale), 2)
    piece = cv2.resize(np.ascontiguousarray(piece), (MOUTH_PX, height)).astype(np.float32) / 255
    mouth = _inside(piece.shape[:2], (landmarks[INNER_LIPS] - corner) * scale)
    red = _inside(piece.shape[:2], (lips - corner) * scale)
    red &= cv2.dilate(mouth.astype(np.uint8), np.ones((5, 5), np.uint8)) == 0
    if not mouth.any() or not red.any():
        return 0.0
    colours = cv2.cvtColor(piece, cv2.COLOR_RGB2LAB)
    light, redness = np.median(colours[red][:, :2], axis=0)
    teeth = colours[mouth][:, 0] > AS_LIGHT_AS_LIPS * light
    teeth &= colours[mouth][:, 1] < redness - PALER_THAN_LIPS
    opened = min(1.0, mouth.sum() / (OPEN_SHARE * MOUTH_PX**2))
    return float(teeth.mean() * opened)


def _inside(shape: Sequence[int], polygon: NDArray[np.float32]) -> NDArray[np.bool_]:
    import cv2

    mask = np.zeros(tuple(shape), np.uint8)
    cv2.fillPoly(mask, [np.round(polygon).astype(np.int32)], 1)
    return mask > 0
