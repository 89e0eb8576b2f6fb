"""Viseme classes: sounds that look alike on the lips.

The fifteen classes are the ones that OVRLipSync made common and that OpenXR and ARKit tooling
use; `sil` is rest. `nn` joins `DD` here, because tongue-tip stops and nasals look the same.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

PHONES_OF_VISEME: Final[dict[str, tuple[str, ...]]] = {
    "sil": ("SIL", "+NSN+", "+SPN+"),
    "PP": ("P", "B", "M"),
    "FF": ("F", "V"),
    "TH": ("TH", "DH"),
    "DD": ("T", "D", "N", "L", "HH"),
    "kk": ("K", "G", "NG"),
    "CH": ("CH", "JH", "SH", "ZH"),
    "SS": ("S", "Z"),
    "RR": ("R", "ER"),
    "aa": ("AA", "AH", "AY", "AW", "AE"),
    "E": ("EH", "EY"),
    "ih": ("IH", "IY", "Y"),
    "oh": ("AO", "OW", "OY"),
    "ou": ("UH", "UW", "W"),
}
"""CMU phones by viseme. Any phone that the acoustic model knows belongs to exactly one."""

VISEMES: Final[tuple[str, ...]] = tuple(PHONES_OF_VISEME)

SHOWN: Final[tuple[str, ...]] = (
    "sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "ih", "oh", "ou",
)  # fmt: skip
"""The fifteen classes as OVRLipSync names and orders them; what the mouth network tells."""

SHOWN_OF_SOUND: Final[dict[str, str]] = {
    **{phone: viseme for viseme, phones in PHONES_OF_VISEME.items() for phone in phones},
    "N": "nn",
    "L": "nn",
    "BH": "PP",
    "UE": "ou",
    "OE": "ou",
}
"""The class of each sound of `audio2motion.phonetics.SOUNDS`."""


def fourteen(shown: str) -> str:
    """The class of `VISEMES` that one of `SHOWN` belongs to."""
    return "DD" if shown == "nn" else shown


def viseme_probabilities(
    posteriors: NDArray[np.float32], phones: tuple[str, ...]
) -> NDArray[np.float32]:
    """Sum phone posteriors over the classes.

    Args:
        posteriors: (t, p) rows sum to 1.
        phones: (p,) names of the columns.

    Returns:
        (t, 14) in the order of `VISEMES`.
    """
    membership = np.array(
        [[phone in group for group in PHONES_OF_VISEME.values()] for phone in phones], np.float32
    )
    return posteriors @ membership
