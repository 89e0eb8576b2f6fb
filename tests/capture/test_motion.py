from fractions import Fraction

import numpy as np
import pytest

from capture.arkit import ARKIT_52, mirror_name
from capture.motion import MotionSequence


def motion(frames: int = 6, **changes: object) -> MotionSequence:
    fields: dict[str, object] = {
        "fps": Fraction(30000, 1001),
        "blendshapes": np.zeros((frames, 52), np.float32),
        "head_rotation": np.tile(np.array([0, 0, 0, 1], np.float32), (frames, 1)),
        "head_translation": np.zeros((frames, 3), np.float32),
    }
    return MotionSequence(**{**fields, **changes})  # type: ignore[arg-type]


def test_duration_is_exact_for_fractional_rates() -> None:
    assert motion(30000).duration_s == pytest.approx(1001.0, abs=1e-9)


def test_arrays_become_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        motion().blendshapes[0, 0] = 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"blendshapes": np.zeros((6, 51), np.float32)}, "blendshapes"),
        ({"blendshapes": np.zeros((6, 52))}, "float32"),
        ({"blendshapes": np.full((6, 52), 1.5, np.float32)}, "outside"),
        ({"blendshapes": np.full((6, 52), np.nan, np.float32)}, "NaN"),
        ({"head_rotation": np.ones((6, 4), np.float32)}, "unit quaternions"),
        ({"head_translation": np.zeros((5, 3), np.float32)}, "head_translation"),
        ({"fps": Fraction(0)}, "fps"),
        ({"residual": np.zeros((5, 478, 3), np.float32)}, "residual"),
    ],
)
def test_a_wrong_field_is_named(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        motion(**change)


def test_a_slice_keeps_every_field() -> None:
    whole = motion(
        residual=np.arange(6 * 478 * 3, dtype=np.float32).reshape(6, 478, 3),
        valid=np.array([True, True, False, True, True, True]),
    )
    piece = whole.slice(2, 5)
    assert len(piece) == 3
    assert piece.residual is not None and piece.valid is not None
    np.testing.assert_array_equal(piece.residual, whole.residual[2:5])  # type: ignore[index]
    assert piece.valid.tolist() == [False, True, True]


def test_arkit_has_52_names_and_mirror_pairs() -> None:
    assert len(set(ARKIT_52)) == 52
    assert mirror_name("mouthSmileLeft") == "mouthSmileRight"
    assert mirror_name("jawOpen") == "jawOpen"
    assert {mirror_name(name) for name in ARKIT_52 if name not in ("jawLeft",)} <= set(ARKIT_52)
