"""Outputs with their proof, and what becomes of both under attack."""

import errno
import json
import shutil
import struct
import subprocess
import sys
import wave
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import pytest

from consent import media_type
from consent.errors import ConsentError, ProvenanceError
from consent.provenance import sign_output
from consent.record import ConsentRecord, Purpose
from consent.registry import Registry
from consent.verification import VerificationState, verify_output

NAME = "Quillon Vantersby"
INPUTS = {"audio": "e" * 64}


def make_mp4(path: Path, shade: int = 0) -> Path:
    import av
    import numpy as np

    with av.open(str(path), "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate=Fraction(25))
        stream.width = stream.height = 32
        stream.pix_fmt = "yuv420p"
        for index in range(6):
            image = np.full((32, 32, 3), shade + 20 * index, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode())
    return path


def make_png(path: Path) -> Path:
    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + bytes(24) for _ in range(8)))
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )
    return path


def make_jpeg(path: Path) -> Path:
    import cv2
    import numpy as np

    assert cv2.imwrite(str(path), np.full((16, 16, 3), 90, np.uint8))
    return path


def make_wav(path: Path) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(bytes(3200))
    return path


def make_glb(path: Path) -> Path:
    path.write_bytes(struct.pack("<4sII", b"glTF", 2, 12))
    return path


MAKERS: dict[str, Callable[[Path], Path]] = {
    ".mp4": make_mp4,
    ".png": make_png,
    ".jpg": make_jpeg,
    ".wav": make_wav,
    ".glb": make_glb,
}


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_mp4(tmp_path_factory.mktemp("clip") / "clip.mp4")


@pytest.fixture
def now() -> datetime:
    """The machine's own time: certificates go by it."""
    return datetime.now(UTC)


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry.open(tmp_path / "home")


@pytest.fixture
def record(grant_synthetic, now):
    return grant_synthetic(now=now, purposes=list(Purpose))


@pytest.fixture
def issue(registry, record, clip, tmp_path) -> Iterator[Callable[..., Path]]:
    """`issue("out.mp4")`: an output of the subject, signed; returns its path."""

    def make(name: str = "out.mp4", source: Path = clip) -> Path:
        out = tmp_path / name
        permit = registry.authorize(record.subject_id, purpose=Purpose.SPEAK)
        sidecar = sign_output(
            source,
            out,
            registry=registry,
            permit=permit,
            inputs=INPUTS,
            details={"weights": ["a"], "options": {"size": 512, "gain": 0.5}},
        )
        assert sidecar == out.with_suffix(".json")
        return out

    yield make
    assert list(tmp_path.glob("*.part*")) + list(tmp_path.glob(".*")) == []


def state(path: Path, registry: Registry | None, **options) -> VerificationState:
    return verify_output(path, registry=registry, **options).state


@pytest.mark.parametrize("suffix", MAKERS)
def test_what_was_issued_is_valid_in_every_format(issue, registry, record, tmp_path, suffix):
    source = MAKERS[suffix](tmp_path / f"rendered{suffix}")
    before = source.read_bytes()
    answer = verify_output(issue(f"out{suffix}", source), registry=registry)
    assert (answer.state, answer.exit_code) == (VerificationState.VALID, 0)
    assert answer.media_intact is answer.in_log is True
    assert answer.signer_trusted is (None if suffix == ".glb" else True)
    assert answer.consent_at_issue == answer.consent_now == "active"
    assert answer.subject_id == record.subject_id
    assert source.read_bytes() == before
    assert registry.audit() == []


def test_an_output_still_plays(issue):
    import av

    with av.open(str(issue())) as container:
        assert sum(1 for _ in container.decode(video=0)) == 6


def test_the_manifest_says_synthetic_and_forbids_mining_and_names_nobody(issue, record):
    import c2pa

    out = issue()
    with out.open("rb") as file:
        manifest = c2pa.Reader("video/mp4", file).get_active_manifest()
    data = {assertion["label"]: assertion["data"] for assertion in manifest["assertions"]}
    (action,) = data["c2pa.actions.v2"]["actions"]
    assert action["action"] == "c2pa.created"
    assert action["digitalSourceType"].endswith("/compositeWithTrainedAlgorithmicMedia")
    uses = data["cawg.training-mining"]["entries"].values()
    assert {use["use"] for use in uses} == {"notAllowed"}
    claims = data["org.countenance.consent"]
    assert claims["record_id"] == record.record_id
    assert claims["record_sha256"] == record.commitment
    assert claims["inputs"] == INPUTS
    sidecar = json.loads(out.with_suffix(".json").read_text())
    assert sidecar["synthetic"] is True
    assert sidecar["details"]["options"] == {"size": 512, "gain": 0.5}
    for path in (out, out.with_suffix(".json")):
        assert b"Vantersby" not in path.read_bytes()


def test_no_flipped_byte_stays_valid(issue, registry, tmp_path):
    content = issue().read_bytes()
    changed_file = tmp_path / "changed.mp4"
    states = set()
    for position in range(0, len(content), 41):
        changed = bytearray(content)
        changed[position] ^= 1
        changed_file.write_bytes(changed)
        states.add(state(changed_file, registry))
    changed_file.write_bytes(content)
    assert state(changed_file, registry) is VerificationState.VALID  # a copy is as good
    assert VerificationState.ALTERED in states
    assert states <= {VerificationState.ALTERED, VerificationState.UNKNOWN}


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content[:-1],
        lambda content: content[: len(content) // 2],
        lambda content: content + struct.pack(">I4s", 8, b"free"),  # C2PA alone would trust it
        lambda content: content[:-20] + bytes([content[-20] ^ 1]) + content[-19:],
        lambda content: content.replace(b"record_", b"recard_"),
    ],
    ids=["cut by one", "cut in half", "free box", "picture", "claims"],
)
def test_changed_bytes_are_altered(issue, registry, change):
    out = issue()
    out.write_bytes(change(out.read_bytes()))
    answer = verify_output(out, registry=registry)
    assert (answer.state, answer.exit_code) == (VerificationState.ALTERED, 4)
    assert answer.media_intact is False


def test_a_manifest_put_onto_another_clip_is_altered(issue, registry, tmp_path):
    donor = issue().read_bytes()
    size = struct.unpack(">I", donor[:4])[0]
    box = struct.unpack(">I", donor[size : size + 4])[0]
    assert donor[size + 4 : size + 8] == b"uuid"
    other = make_mp4(tmp_path / "other.mp4", shade=100).read_bytes()
    cut = struct.unpack(">I", other[:4])[0]
    grafted = tmp_path / "grafted.mp4"
    grafted.write_bytes(other[:cut] + donor[size : size + box] + other[cut:])
    assert state(grafted, registry) is VerificationState.ALTERED


def test_a_remuxed_output_is_unknown_even_beside_its_sidecar(issue, registry, tmp_path):
    import av

    out = issue()
    remuxed = tmp_path / "remuxed.mp4"
    with av.open(str(out)) as source, av.open(str(remuxed), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    assert state(remuxed, registry) is VerificationState.UNKNOWN
    shutil.copy(out.with_suffix(".json"), remuxed.with_suffix(".json"))
    answer = verify_output(remuxed, registry=registry)
    assert (answer.state, answer.exit_code) == (VerificationState.UNKNOWN, 4)
    assert "sidecar" in answer.explanation


def test_an_altered_model_is_told_by_its_sidecar(issue, registry, tmp_path):
    out = issue("head.glb", make_glb(tmp_path / "source.glb"))
    out.write_bytes(out.read_bytes() + b"more")
    assert state(out, registry) is VerificationState.ALTERED
    beside = out.with_suffix(".json")
    beside.write_text(beside.read_text().replace('"speak"', '"export"'))
    assert state(out, registry) is VerificationState.UNKNOWN  # a changed sidecar proves nothing


def test_an_ordinary_file_is_unknown(clip, registry, tmp_path):
    assert state(clip, registry) is VerificationState.UNKNOWN
    for name, content in {"a.mp4": b"", "b.mp4": b"no video", "c.txt": b"x", "d": b"ID3"}.items():
        (tmp_path / name).write_bytes(content)
        assert state(tmp_path / name, registry) is VerificationState.UNKNOWN


def test_another_registry_and_none_at_all_do_not_vouch(issue, tmp_path):
    out = issue()
    stranger = Registry.open(tmp_path / "stranger")
    answer = verify_output(out, registry=stranger)
    assert (answer.state, answer.signer_trusted) == (VerificationState.UNKNOWN, False)
    assert state(out, None) is VerificationState.UNKNOWN


def test_a_stranger_with_the_same_claims_is_not_trusted(issue, registry, clip, tmp_path, record):
    """The claims are public: what cannot be copied is the signature under our anchors."""
    from consent import c2pa_manifest
    from consent.certificates import credentials

    out = issue()
    with registry.core.log.reading() as view:
        from consent.certificates import anchors

        claims = c2pa_manifest.read(out, "video/mp4", anchors(view)).claims
    stranger = Registry.open(tmp_path / "stranger")
    forged = tmp_path / "forged.mp4"
    manifest = c2pa_manifest.definition(
        title="x", media_type="video/mp4", version="1", purpose=Purpose.SPEAK, claims=claims
    )
    stolen_nothing = credentials(stranger.core, now=datetime.now(UTC))
    c2pa_manifest.embed(clip, forged, manifest, stolen_nothing)
    answer = verify_output(forged, registry=registry)
    assert (answer.state, answer.signer_trusted) == (VerificationState.UNKNOWN, False)
    # The same, signed with this registry's certificate, but never logged as issued.
    unlogged = tmp_path / "unlogged.mp4"
    claims = {**claims, "output_id": "output_" + "0" * 32}
    manifest = c2pa_manifest.definition(
        title="x", media_type="video/mp4", version="1", purpose=Purpose.SPEAK, claims=claims
    )
    own = credentials(registry.core, now=datetime.now(UTC))
    c2pa_manifest.embed(clip, unlogged, manifest, own)
    answer = verify_output(unlogged, registry=registry)
    assert (answer.state, answer.signer_trusted) == (VerificationState.UNKNOWN, True)
    assert answer.in_log is False


def test_after_a_withdrawal_outputs_are_revoked_and_say_since_when(issue, registry, record):
    out = issue()
    registry.revoke(record.subject_id)
    answer = verify_output(out, registry=registry)
    assert (answer.state, answer.exit_code) == (VerificationState.REVOKED, 3)
    assert answer.consent_at_issue == "active"
    assert answer.media_intact is True
    assert answer.revoked_at in answer.explanation


def test_after_its_end_a_consent_makes_outputs_expired(issue, registry, now):
    answer = verify_output(issue(), registry=registry, now=now + timedelta(days=400))
    assert (answer.state, answer.exit_code) == (VerificationState.EXPIRED, 3)
    assert answer.consent_at_issue == "active"


def test_a_damaged_registry_vouches_for_nothing(issue, registry):
    out = issue()
    (registry.home / "registry.head").write_bytes(b"{}")
    answer = verify_output(out, registry=registry)
    assert answer.state is VerificationState.UNKNOWN
    assert answer.in_log is None


def test_the_audit_finds_outputs_without_a_permit_or_after_a_withdrawal(
    issue, registry, record, now
):
    """What only a holder of the signing key could write does not pass the audit either."""
    issue()
    assert registry.audit() == []
    registry.revoke(record.subject_id)
    with registry.core.log.reading() as view:
        (genuine,) = view.entries(kind="issued")
    with registry.core.log.appending() as log:
        payload = {**genuine.payload, "permit_id": "permit_" + "0" * 32}
        log.append("issued", payload, now=now, subject_id=record.subject_id)
    found = [finding.what for finding in registry.audit()]
    assert found == [
        "an output was issued without a permit",
        "an output was issued after withdrawal",
    ]


def test_a_log_entry_without_a_trusted_manifest_in_the_file_is_not_enough(
    issue, registry, record, clip, now
):
    issue()
    with registry.core.log.reading() as view:
        (genuine,) = view.entries(kind="issued")
    digest = sha256(clip.read_bytes()).hexdigest()
    with registry.core.log.appending() as log:
        payload = {**genuine.payload, "sha256": digest}
        about = f"output:{digest}"
        log.append("issued", payload, now=now, subject_id=record.subject_id, about=about)
    answer = verify_output(clip, registry=registry)
    assert (answer.state, answer.exit_code) == (VerificationState.UNKNOWN, 4)
    assert (answer.in_log, answer.signer_trusted) == (True, False)


def test_a_missing_file_is_an_input_error(registry, tmp_path):
    with pytest.raises(ProvenanceError) as caught:
        verify_output(tmp_path / "none.mp4", registry=registry)
    assert caught.value.exit_code == 4


def test_without_a_permit_that_holds_nothing_is_written(issue, registry, record, clip, tmp_path):
    permit = registry.authorize(record.subject_id, purpose=Purpose.SPEAK)
    registry.revoke(record.subject_id)
    with pytest.raises(ConsentError, match="withdrawn"):
        sign_output(
            clip, tmp_path / "x.mp4", registry=registry, permit=permit, inputs={}, details={}
        )
    assert not (tmp_path / "x.mp4").exists()
    assert not (tmp_path / "x.json").exists()


def test_a_withdrawal_while_signing_stops_the_issue(registry, record, clip, tmp_path, monkeypatch):
    from consent import c2pa_manifest

    embed = c2pa_manifest.embed

    def embed_and_withdraw(*arguments, **options):
        embed(*arguments, **options)
        registry.revoke(record.subject_id)

    monkeypatch.setattr(c2pa_manifest, "embed", embed_and_withdraw)
    permit = registry.authorize(record.subject_id, purpose=Purpose.SPEAK)
    with pytest.raises(ConsentError, match="withdrawn"):
        sign_output(
            clip, tmp_path / "x.mp4", registry=registry, permit=permit, inputs={}, details={}
        )
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


@pytest.mark.parametrize("failing", ["c2pa", "sidecar", "second rename", "interrupt"])
def test_output_and_sidecar_appear_together_or_not_at_all(
    registry, record, clip, tmp_path, monkeypatch, failing
):
    full = OSError(errno.ENOSPC, "No space left on device")
    replace, write = Path.replace, Path.write_bytes

    def failing_replace(self, target):
        if self.name.endswith(".part.json") and failing in ("second rename", "interrupt"):
            raise KeyboardInterrupt if failing == "interrupt" else full
        return replace(self, target)

    def failing_write(self, data):
        if self.name.endswith(".part.json") and failing == "sidecar":
            raise full
        return write(self, data)

    def failing_embed(source, signed, *_, **__):
        signed.write_bytes(b"half")
        raise full

    permit = registry.authorize(record.subject_id, purpose=Purpose.SPEAK)
    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", failing_replace)
        broken.setattr(Path, "write_bytes", failing_write)
        if failing == "c2pa":
            broken.setattr("consent.c2pa_manifest.embed", failing_embed)
        with pytest.raises(KeyboardInterrupt if failing == "interrupt" else ProvenanceError):
            sign_output(
                clip, tmp_path / "x.mp4", registry=registry, permit=permit, inputs={}, details={}
            )
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
    assert registry.audit() == []


def test_what_exists_is_not_overwritten_unless_asked(issue, registry, record, clip, tmp_path):
    out = issue()
    before = out.read_bytes()
    permit = registry.authorize(record.subject_id, purpose=Purpose.SPEAK)
    proof = {"registry": registry, "permit": permit, "inputs": {}, "details": {}}
    with pytest.raises(ProvenanceError, match="exists already"):
        sign_output(clip, out, **proof)
    assert out.read_bytes() == before
    out.unlink()
    with pytest.raises(ProvenanceError, match="exists already"):
        sign_output(clip, out, **proof)  # the sidecar is still there
    sign_output(clip, out, **proof, overwrite=True)
    assert state(out, registry) is VerificationState.VALID


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"inputs": {"/home/ann/Ann Example.wav": "e" * 64}}, "plain role"),
        ({"inputs": {"audio": "nonsense"}}, "plain role"),
        ({"details": {"fps": Fraction(25)}}, "cannot be written as JSON"),
        ({"details": {"score": float("nan")}}, "cannot be written as JSON"),
        ({"out": "missing/folder/x.mp4"}, "does not exist"),
        ({"out": "x.json"}, "its own sidecar"),
        ({"source": "not there.mp4"}, "no file"),
        ({"out": "x.png"}, "is no .png file"),  # an MP4 under another format's name
        ({"out": "x.mp3"}, "is no .mp3 file"),
    ],
)
def test_what_cannot_be_signed_is_told_so_and_leaves_nothing(
    registry, record, clip, tmp_path, changes, message
):
    permit = registry.authorize(record.subject_id, purpose=Purpose.SPEAK)
    source = tmp_path / changes["source"] if "source" in changes else clip
    with pytest.raises(ProvenanceError, match=message) as caught:
        sign_output(
            source,
            tmp_path / changes.get("out", "x.mp4"),
            registry=registry,
            permit=permit,
            inputs=changes.get("inputs", {}),
            details=changes.get("details", {}),
        )
    assert caught.value.exit_code == 4
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_the_leaf_outlives_every_consent_and_its_authoritys_key_is_gone(issue, registry):
    from cryptography import x509

    issue()
    with registry.core.log.reading() as view:
        (entry,) = view.entries(kind="certificate")
    leaf = x509.load_pem_x509_certificate(entry.payload["leaf_pem"].encode())
    assert leaf.not_valid_after_utc > datetime.now(UTC) + timedelta(days=9 * 365)
    assert NAME not in leaf.subject.rfc4514_string()
    names = sorted(path.name for path in (registry.home / "keys").glob("*.key"))
    assert len(names) == 3
    assert b"PRIVATE KEY" not in b"".join(
        path.read_bytes() for path in registry.home.rglob("*") if path.is_file()
    )


PEAK_OF_SIGNING = """
import resource, sys
from pathlib import Path
from consent.provenance import sign_output
from consent.record import Purpose
from consent.registry import Registry

home, source, out, subject = sys.argv[1:]
with Registry.open(Path(home)) as registry:
    permit = registry.authorize(subject, purpose=Purpose.SPEAK)
    sign_output(
        Path(source), Path(out), registry=registry, permit=permit, inputs={}, details={}
    )
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def make_large_mp4(path: Path) -> Path:
    """About 100 MB of noise in a few frames."""
    import av
    import numpy as np

    rng = np.random.default_rng(0)
    with av.open(str(path), "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate=Fraction(25))
        stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
        stream.options = {"preset": "ultrafast", "crf": "1"}
        for _ in range(24):
            image = rng.integers(0, 255, (1080, 1920, 3)).astype(np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode())
    return path


def test_signing_a_long_video_takes_no_more_memory_than_a_short_one(
    registry: Registry, grant_synthetic: Callable[..., ConsentRecord], tmp_path: Path
) -> None:
    subject = grant_synthetic().subject_id
    peaks = []
    for source in (make_mp4(tmp_path / "short.mp4"), make_large_mp4(tmp_path / "long.mp4")):
        out = tmp_path / f"{source.stem}-out.mp4"
        arguments = [str(registry.home), str(source), str(out), subject]
        command = [sys.executable, "-c", PEAK_OF_SIGNING, *arguments]
        ended = subprocess.run(command, stdout=subprocess.PIPE, check=True)
        peaks.append(int(ended.stdout))
        assert verify_output(out, registry=registry).state is VerificationState.VALID
    assert source.stat().st_size > 60e6
    assert peaks[1] < peaks[0] + 32, peaks


def test_a_file_with_several_runs_of_media_data_is_signed_all_the_same(
    registry: Registry, grant_synthetic: Callable[..., ConsentRecord], tmp_path: Path
) -> None:
    permit = registry.authorize(grant_synthetic().subject_id, purpose=Purpose.SPEAK)
    source = make_mp4(tmp_path / "two.mp4")
    with source.open("ab") as file:
        file.write(struct.pack(">I4s", 4096 + 8, b"mdat") + bytes(4096))
    out = tmp_path / "out.mp4"
    sign_output(source, out, registry=registry, permit=permit, inputs={}, details={})
    # more than once, because the library is wrong about such files only at every other reading
    states = {verify_output(out, registry=registry).state for _ in range(12)}
    assert states == {VerificationState.VALID}


def test_runs_of_media_data_are_counted_through_boxes_of_every_size(tmp_path: Path) -> None:
    path = tmp_path / "boxes.mp4"
    long = struct.pack(">I4sQ", 1, b"mdat", 16 + 5) + bytes(5)
    short = struct.pack(">I4s", 8 + 3, b"mdat") + b"mda"
    last = struct.pack(">I4s", 0, b"mdat") + short
    path.write_bytes(struct.pack(">I4s", 12, b"ftyp") + b"isom" + long + short + last)
    assert media_type.runs_of_media_data(path) == 3
    path.write_bytes(long + struct.pack(">I4s", 2, b"mdat") + short)
    assert media_type.runs_of_media_data(path) == 1
    assert media_type.runs_of_media_data(make_png(tmp_path / "still.png")) == 0
