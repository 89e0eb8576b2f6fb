"""Facial actions that suit a person's own face.

The bust's actions are offsets in metres, made on the average face. Added to a wide mouth, a pucker
stops half way: what people call puckered is a narrow mouth, whoever makes it.
"""

import numpy as np
from numpy.typing import NDArray

from capture.arkit import ARKIT_INDEX
from synthetic import anatomy
from synthetic.bust import Bust

_PUCKERED_M = 0.032
"""Width of the average mouth at a full pucker, between the corners of the lips' inner edge."""
_WIDE_STAYS_WIDE = 0.3
"""Power of a mouth's relative width that is left in its pucker."""
_FORWARD = 0.4
"""How much of the sideways gain goes for the other axes."""
_LARGEST_GAIN = 2.8


def personal_actions(bust: Bust, rest: NDArray[np.floating]) -> NDArray[np.float32]:
    """(52, c, 3) offsets at coefficient 1 for a person whose coarse vertices at rest are (c, 3)."""
    actions = bust.actions.copy()
    pucker = ARKIT_INDEX["mouthPucker"]
    lips = anatomy.shared(bust, "skin", "mouth")
    average = float(np.ptp(bust.vertices[lips, 0]))
    own = float(np.ptp(rest[lips, 0]))
    narrowing = own - float(np.ptp((rest + bust.actions[pucker])[lips, 0]))
    wanted = own - _PUCKERED_M * (own / average) ** _WIDE_STAYS_WIDE
    gain = float(np.clip(wanted / max(narrowing, 1e-4), 1.0, _LARGEST_GAIN))
    other = 1 + _FORWARD * (gain - 1)
    actions[pucker] *= np.array([gain, other, other], np.float32)
    return actions
