"""Phones to mouth shapes, with co-articulation by dominance functions.

M. Cohen, D. Massaro, "Modeling coarticulation in synthetic visual speech", 1993. These are the
motions that synthetic people make, and so the truth that speech-driven motion is measured against;
they share nothing with the product's own model of speech.
"""

# ruff: noqa: RUF001 (phonetic symbols)

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from capture.arkit import ARKIT_52, ARKIT_INDEX
from synthetic.speech import Phone

Shape = dict[str, float]


def _both(**values: float) -> Shape:
    return {f"{name}{side}": value for name, value in values.items() for side in ("Left", "Right")}


_CLOSED: Shape = {
    "jawOpen": 0.03,
    "mouthClose": 0.03,
    "mouthRollLower": 0.12,
    "mouthRollUpper": 0.08,
}
_CLOSED |= _both(mouthPress=0.25)
_LABIODENTAL: Shape = {"jawOpen": 0.05, "mouthRollLower": 0.42, "mouthShrugLower": 0.1}
_LABIODENTAL |= _both(mouthUpperUp=0.14)
_DENTAL: Shape = {"jawOpen": 0.13, "tongueOut": 0.25} | _both(
    mouthLowerDown=0.15, mouthUpperUp=0.06
)
_ALVEOLAR: Shape = {"jawOpen": 0.09} | _both(mouthLowerDown=0.16, mouthUpperUp=0.05)
_SIBILANT: Shape = {"jawOpen": 0.045}
_SIBILANT |= _both(mouthStretch=0.14, mouthLowerDown=0.22, mouthUpperUp=0.08, mouthSmile=0.05)
_PALATAL: Shape = {"jawOpen": 0.07, "mouthFunnel": 0.42, "mouthPucker": 0.12}
_PALATAL |= _both(mouthLowerDown=0.15, mouthUpperUp=0.10)
_VELAR: Shape = {"jawOpen": 0.13} | _both(mouthLowerDown=0.10)
_R: Shape = {"jawOpen": 0.09, "mouthFunnel": 0.28, "mouthPucker": 0.18}
_W: Shape = {"jawOpen": 0.05, "mouthPucker": 0.62, "mouthFunnel": 0.22}
_AH: Shape = {"jawOpen": 0.36} | _both(mouthLowerDown=0.16, mouthUpperUp=0.06)
_AE: Shape = {"jawOpen": 0.32}
_AE |= _both(mouthLowerDown=0.22, mouthUpperUp=0.12, mouthStretch=0.15, mouthSmile=0.06)
_UH: Shape = {"jawOpen": 0.24} | _both(mouthLowerDown=0.14, mouthUpperUp=0.05)
_SCHWA: Shape = {"jawOpen": 0.15} | _both(mouthLowerDown=0.10)
_EH: Shape = {"jawOpen": 0.22} | _both(mouthLowerDown=0.2, mouthStretch=0.12, mouthUpperUp=0.08)
_IH: Shape = {"jawOpen": 0.14} | _both(mouthLowerDown=0.18, mouthStretch=0.14, mouthSmile=0.08)
_EE: Shape = {"jawOpen": 0.09}
_EE |= _both(mouthLowerDown=0.24, mouthStretch=0.22, mouthSmile=0.16, mouthUpperUp=0.08)
_OO: Shape = {"jawOpen": 0.09, "mouthPucker": 0.58, "mouthFunnel": 0.22}
_OH: Shape = {"jawOpen": 0.20, "mouthFunnel": 0.42, "mouthPucker": 0.30}
_AW: Shape = {"jawOpen": 0.28, "mouthFunnel": 0.32, "mouthPucker": 0.08}
_REST: Shape = {"jawOpen": 0.0}

SHAPES: dict[str, tuple[Shape, ...]] = {
    "": (_REST,),
    **dict.fromkeys("pbm", (_CLOSED,)),
    **dict.fromkeys("fv", (_LABIODENTAL,)),
    **dict.fromkeys("θð", (_DENTAL,)),
    **dict.fromkeys("tdnlɾT", (_ALVEOLAR,)),
    **dict.fromkeys("sz", (_SIBILANT,)),
    **dict.fromkeys("ʃʒʧʤ", (_PALATAL,)),
    **dict.fromkeys("kɡŋxh", (_VELAR,)),
    **dict.fromkeys("ɹɜɚ", (_R,)),
    **dict.fromkeys("ɑɒ", (_AH,)),
    **dict.fromkeys("əᵊᵻɐ", (_SCHWA,)),
    "w": (_W,), "j": (_EE,), "æ": (_AE,), "a": (_AH,), "ʌ": (_UH,), "ɛ": (_EH,), "e": (_EH,),
    "ɪ": (_IH,), "i": (_EE,), "u": (_OO,), "ʊ": (_OO,), "o": (_OH,), "ɔ": (_AW,),
    "A": (_EH, _EE), "I": (_AH, _EE), "O": (_OH, _OO), "Q": (_SCHWA, _OO), "W": (_AH, _OO),
    "Y": (_AW, _EE),
}  # fmt: skip
"""Targets in the order they are reached; diphthongs have two."""

_BILABIAL, _FIRM = "pbm", "pbmfvwʃʒʧʤ"
_RATE = 200.0


def mouth_curves(
    phones: Sequence[Phone], times: NDArray[np.float64], *, strength: float = 1.0
) -> NDArray[np.float64]:
    """(t, 52) coefficients of a mouth that says `phones`, at `times` in seconds.

    Args:
        phones: In order.
        times: (t,), any spacing.
        strength: Scales how far the mouth moves.
    """
    fine = np.arange(0, float(times.max(initial=0)) + 0.5, 1 / _RATE)
    weighted = np.zeros((len(fine), len(ARKIT_52)))
    total = np.full(len(fine), 1e-3)
    closed = np.zeros(len(fine))
    for phone in phones:
        shapes = SHAPES.get(phone.symbol, (_SCHWA,))
        length = (phone.stop_s - phone.start_s) / len(shapes)
        for part, shape in enumerate(shapes):
            middle = phone.start_s + (part + 0.5) * length
            reach = max(0.5 * length, 0.03) + 0.025
            power = 3.0 if phone.symbol in _FIRM and phone.symbol else 1.0
            if not phone.symbol:
                power, reach = 0.8, max(0.5 * length - 0.02, 0.03)
            dominance = power * np.exp(-(np.abs((fine - middle) / reach) ** 1.7))
            target = np.zeros(len(ARKIT_52))
            emphasis = strength * (1.12 if phone.stressed else 0.92)
            for name, value in shape.items():
                target[ARKIT_INDEX[name]] = value * emphasis
            weighted += dominance[:, None] * target
            total += dominance
        if phone.symbol and phone.symbol in _BILABIAL:
            inside = np.maximum(phone.start_s - fine, fine - phone.stop_s)
            closed = np.maximum(closed, np.clip(0.9 - inside / 0.045, 0, 1))
    curves = _smooth(weighted / total[:, None], 0.022)
    curves = _close_lips(curves, _smooth(closed[:, None], 0.012)[:, 0])
    return np.stack([np.interp(times, fine, column) for column in curves.T], axis=1)


def _close_lips(curves: NDArray[np.float64], closed: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bring the lips together for p, b and m, whatever the neighbours ask for."""
    out = curves.copy()
    jaw = ARKIT_INDEX["jawOpen"]
    for name in ("mouthLowerDown", "mouthUpperUp"):
        for side in ("Left", "Right"):
            out[:, ARKIT_INDEX[name + side]] *= 1 - closed
    out[:, ARKIT_INDEX["mouthFunnel"]] *= 1 - 0.85 * closed
    out[:, ARKIT_INDEX["tongueOut"]] *= 1 - closed
    out[:, jaw] *= 1 - 0.72 * closed
    out[:, ARKIT_INDEX["mouthClose"]] = np.maximum(
        out[:, ARKIT_INDEX["mouthClose"]] * 0, out[:, jaw] * closed
    )
    return out


def _smooth(values: NDArray[np.float64], sigma_s: float) -> NDArray[np.float64]:
    from scipy.ndimage import gaussian_filter1d

    return np.asarray(gaussian_filter1d(values, sigma_s * _RATE, axis=0, mode="nearest"))
