"""Numbered pictures as one output, judged as a whole and one by one."""

import shutil
from pathlib import Path

import pytest

from consent.errors import ProvenanceError
from consent.record import ConsentRecord, Purpose
from consent.registry import Registry
from consent.sequence import sign_sequence
from consent.verification import VerificationState, verify_output
from tests.consent.test_provenance import make_png

NAMES = ["frame_0.png", "frame_1.png", "frame_2.png"]


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "rendered"
    folder.mkdir()
    for name in NAMES:
        make_png(folder / name)
    return folder


@pytest.fixture
def granted(grant_synthetic) -> ConsentRecord:
    return grant_synthetic(purposes=[Purpose.REENACT])


def sign(registry: Registry, record: ConsentRecord, pictures: Path, out: Path, **more: object):
    permit = registry.authorize(record.subject_id, purpose=Purpose.REENACT)
    settings = {"stem": "frame_", "replaced": [], "inputs": {}, "details": {}, **more}
    return sign_sequence(pictures, NAMES, out, registry=registry, permit=permit, **settings)


def states(registry: Registry, *paths: Path) -> list[VerificationState]:
    return [verify_output(path, registry=registry).state for path in paths]


def test_the_folder_the_sidecar_and_each_picture_verify(registry, granted, pictures, tmp_path):
    out = tmp_path / "out"
    beside = sign(registry, granted, pictures, out)
    assert beside == out / "frame.json"
    assert sorted(path.name for path in out.iterdir()) == sorted([*NAMES, "frame.json"])
    alone = Path(shutil.copy(out / NAMES[1], tmp_path / "alone.png"))
    paths = out, beside, out / NAMES[0], alone
    assert states(registry, *paths) == [VerificationState.VALID] * 4
    registry.revoke(granted.subject_id, reason="changed their mind")
    assert states(registry, *paths) == [VerificationState.REVOKED] * 4


def test_a_changed_and_a_missing_picture_are_told(registry, granted, pictures, tmp_path):
    out = tmp_path / "out"
    sign(registry, granted, pictures, out)
    data = bytearray((out / NAMES[2]).read_bytes())
    data[-20] ^= 1
    (out / NAMES[2]).write_bytes(data)
    (out / NAMES[0]).unlink()
    answer = verify_output(out, registry=registry)
    assert answer.state is VerificationState.ALTERED
    assert answer.problems == ("frame_0.png is missing", "frame_2.png was changed")
    assert states(registry, out / NAMES[2], out / NAMES[1]) == [
        VerificationState.ALTERED,
        VerificationState.VALID,
    ]


def test_an_edited_listing_is_not_believed(registry, granted, pictures, tmp_path):
    out = tmp_path / "out"
    beside = sign(registry, granted, pictures, out)
    text = beside.read_text()
    beside.write_text(text.replace(text[text.index('"frame_0.png": "') + 16 :][:8], "0" * 8))
    assert states(registry, out) == [VerificationState.UNKNOWN]


def test_nothing_is_replaced_unasked_and_nothing_half_written(
    registry, granted, pictures, tmp_path
):
    out = tmp_path / "out"
    sign(registry, granted, pictures, out)
    before = (out / NAMES[0]).read_bytes()
    with pytest.raises(ProvenanceError, match="exists already"):
        sign(registry, granted, pictures, out)
    (pictures / NAMES[1]).write_bytes(b"no picture")
    with pytest.raises(ProvenanceError):
        sign(registry, granted, pictures, out, overwrite=True)
    assert (out / NAMES[0]).read_bytes() == before
    assert [path.name for path in tmp_path.glob(".*part")] == []
    make_png(pictures / NAMES[1])
    sign(registry, granted, pictures, out, overwrite=True)
    assert states(registry, out) == [VerificationState.VALID]
