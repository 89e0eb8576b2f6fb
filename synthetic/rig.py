"""Facial actions that suit a person's own face.

The bust's actions are offsets in metres, made on the average face. Added to a wide mouth, a pucker
stops half way, and the lids of large eyes do not meet: what people call puckered is a narrow mouth,
and closed a closed eye, whoever makes it.
"""

import numpy as np
from numpy.typing import NDArray

from capture.arkit import ARKIT_INDEX
from synthetic import anatomy
from synthetic.bust import Bust

_HALF_PUCKERED_M = 0.035
"""Width of a mouth that face trackers and people call half puckered, whoever it belongs to, between
the corners of the lips' inner edge. Half the action ends there, so that a wide mouth does not stop
half way and a narrow one is not done at once."""
_PUCKERED_SHARE = (0.52, 0.80)
"""Least and most of its width at rest that a mouth keeps at a full pucker."""
_FORWARD = 0.4
"""How much of the sideways gain goes for the other axes."""
_GAINS = (0.6, 3.0)
_LARGEST_LID_GAIN = 1.35
_ACROSS = np.linspace(0.15, 0.85, 15)
"""Where along an eye, from corner to corner, the opening is measured."""


def personal_actions(bust: Bust, rest: NDArray[np.floating]) -> NDArray[np.float32]:
    """(52, c, 3) offsets at coefficient 1 for a person whose coarse vertices at rest are (c, 3)."""
    actions = bust.actions.copy()
    pucker = ARKIT_INDEX["mouthPucker"]
    lips = anatomy.shared(bust, "skin", "mouth")
    own = float(np.ptp(rest[lips, 0]))
    least, most = _PUCKERED_SHARE
    wanted = own - float(np.clip(2 * _HALF_PUCKERED_M - own, least * own, most * own))
    narrowing = own - float(np.ptp((rest + bust.actions[pucker])[lips, 0]))
    gain = float(np.clip(wanted / max(narrowing, 1e-4), *_GAINS))
    other = 1 + _FORWARD * max(gain - 1, 0.0)
    actions[pucker] *= np.array([gain, other, other], np.float32)
    for side, line in zip(("Left", "Right"), anatomy.lid_lines(bust, rest), strict=True):
        blink = ARKIT_INDEX[f"eyeBlink{side}"]
        opened = float(np.median(_openings(rest[line], rest[line])))
        closed = float(np.median(_openings(rest[line], (rest + actions[blink])[line])))
        gain = opened / max(opened - closed, 1e-4)
        actions[blink] *= np.float32(np.clip(gain, 1.0, _LARGEST_LID_GAIN))
    return actions


def _openings(rest: NDArray[np.floating], lids: NDArray[np.floating]) -> NDArray[np.float64]:
    """Heights between the upper and lower lid margin (15,), metres; negative where they cross.

    Args:
        rest: (n, 3) margins of the open eye, which tell upper from lower.
        lids: (n, 3) the same, moved.
    """
    first, last = np.argmin(rest[:, 0]), np.argmax(rest[:, 0])
    x = rest[first, 0] + _ACROSS * (rest[last, 0] - rest[first, 0])
    chord = np.interp(rest[:, 0], rest[[first, last], 0], rest[[first, last], 1])
    heights = []
    for part in (rest[:, 1] > chord, rest[:, 1] <= chord):
        order = np.argsort(lids[part, 0])
        heights.append(np.interp(x, lids[part, 0][order], lids[part, 1][order]))
    return np.asarray(heights[0] - heights[1])
