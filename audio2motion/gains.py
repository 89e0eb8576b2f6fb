"""How strongly each part of the face follows, as set by the person who makes the video."""

from dataclasses import dataclass, fields

from audio2motion.errors import GainError

LARGEST_GAIN = 3.0


@dataclass(frozen=True, slots=True)
class Gains:
    """One factor for each part; 1 is a real talker's measured range, 0 holds the part still.

    The parts are independent: `Gains(head=0)` keeps blinking, and a wider mouth does not shake
    the head.
    """

    mouth: float = 1.0
    """Lip shapes: rounding, spreading, lip parting."""
    jaw: float = 1.0
    """Opening of the jaw. Closures on p, b, m close whatever this is."""
    upper_face: float = 1.0
    """Brows."""
    head: float = 1.0
    """Turning, nodding and swaying of the head."""
    gaze: float = 1.0
    """Glances away from the camera."""
    blink_rate: float = 1.0
    """Blinks per minute, times about 21."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not 0 <= value <= LARGEST_GAIN:
                raise GainError(
                    f"{field.name}: want a gain from 0 to {LARGEST_GAIN:g}, got {value!r}",
                    hint="1 is natural, 0 holds still, 1.5 exaggerates.",
                )


NATURAL = Gains()
"""Everything as measured on real talkers."""
