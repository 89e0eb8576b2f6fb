"""Keeps the width of drawn mouths within that of real ones.

Rows of heads, figures and mouths all stretch it; together they reach from half to one and a half
times the average, where real mouths vary by 7 % (standard deviation; L. Farkas, "Anthropometry of
the head and face", 1994).
"""

from collections.abc import Mapping

import numpy as np

from synthetic import anatomy
from synthetic.bust import Bust

NARROWEST, WIDEST = 0.87, 1.14
"""Of the average mouth, between the corners of the lips' inner edge."""
_NARROWER, _WIDER = "mouth-scale-horiz-decr", "mouth-scale-horiz-incr"
_MOST = 1.5


def with_real_mouth(bust: Bust, identity: Mapping[str, float]) -> dict[str, float]:
    """The same amounts of rows, those of the mouth's width changed where it is not a real one."""
    fitted = dict(identity)
    average = _width(bust, {})
    for _ in range(3):
        relative = _width(bust, fitted) / average
        wanted = float(np.clip(relative, NARROWEST, WIDEST))
        if abs(wanted - relative) < 0.005:
            break
        own = fitted.pop(_WIDER, 0.0) - fitted.pop(_NARROWER, 0.0)
        row = _WIDER if wanted > relative else _NARROWER
        step = abs(_width(bust, {row: 1.0}) / average - 1)
        own = float(np.clip(own + (wanted - relative) / step, -_MOST, _MOST))
        fitted[_WIDER if own > 0 else _NARROWER] = round(abs(own), 3)
    return fitted


def _width(bust: Bust, identity: Mapping[str, float]) -> float:
    lips = anatomy.shared(bust, "skin", "mouth")
    return float(np.ptp(bust.shape(identity)[lips, 0]))
