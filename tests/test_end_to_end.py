"""The main job through the command line, from consent to revocation."""

from __future__ import annotations

import json
import subprocess
import sys
import wave
from pathlib import Path

import pytest

from avatar.cli import main
from capture.audio import AudioClip
from capture.video import probe, read_frames

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def run(home, capfd):
    """Run a command line with --json where it has it; returns (code, parsed lines)."""

    def call(*arguments: object) -> tuple[int, list[dict]]:
        capfd.readouterr()
        code = main([str(argument) for argument in arguments])
        out = capfd.readouterr().out
        return code, [json.loads(line) for line in out.splitlines() if line.startswith("{")]

    return call


def face_in_every_frame(video: Path) -> bool:
    """Whether the tracker sees a face in every frame."""
    from capture.tracking import track_video

    return bool(track_video(video).valid.all())


def two_seconds_of_speech(folder: Path) -> Path:
    """The beginning of the embedded speech as a WAV file."""
    clip = AudioClip.read(ROOT / "avatar" / "sample" / "speech.flac").slice(0.0, 2.0)
    path = folder / "speech.wav"
    with wave.open(str(path), "wb") as stream:
        stream.setnchannels(1)
        stream.setsampwidth(2)
        stream.setframerate(clip.sample_rate)
        stream.writeframes((clip.samples * 32767).astype("<i2").tobytes())
    return path


def test_the_main_job(run, home, tmp_path, tiny_clip, monkeypatch):
    video = tiny_clip(frames=40, size=256, seed=0)
    speech = two_seconds_of_speech(tmp_path)
    monkeypatch.chdir(tmp_path)

    grounds = ["--kind", "synthetic", "--attest", "Rendered by the tests", "--no-personalize"]
    purposes = ["--purpose", "speak", "--purpose", "reenact", "--purpose", "export"]
    code, (enrolled,) = run(
        "enroll", "--name", "Test Person", "--video", video, *grounds, *purposes, "--json"
    )
    assert code == 0
    subject = enrolled["subject_id"]

    code, (spoken,) = run("speak", subject, "--audio", speech, "-o", "talk.mp4", "--json")
    assert code == 0
    made = probe(tmp_path / "talk.mp4")
    assert made.has_audio and made.frame_count == spoken["frames"]
    assert abs(made.duration_s - AudioClip.read(speech).duration) <= 1 / 25
    assert (made.width, made.height) == (256, 256)
    assert face_in_every_frame(tmp_path / "talk.mp4")

    code, _ = run("reenact", subject, "--driving", video, "-o", "follow.mp4", "--json")
    assert code == 0
    assert len(list(read_frames(tmp_path / "follow.mp4"))) == 40

    assert run("export", subject, "-o", "head.glb")[0] == 0
    assert (tmp_path / "head.glb").read_bytes()[:4] == b"glTF"

    assert run("verify", "talk.mp4")[0] == 0
    sidecar = json.loads((tmp_path / "talk.json").read_text())
    assert subject in json.dumps(sidecar)

    altered = tmp_path / "altered.mp4"
    data = bytearray((tmp_path / "talk.mp4").read_bytes())
    data[len(data) // 2] ^= 0xFF
    altered.write_bytes(data)
    assert run("verify", altered)[0] == 4

    assert run("consent", "revoke", subject)[0] == 0
    assert run("verify", "talk.mp4")[0] == 3
    assert run("speak", subject, "--audio", speech, "-o", "again.mp4")[0] == 3
    assert not (tmp_path / "again.mp4").exists()
    assert run("consent", "audit")[0] == 0


def test_a_purpose_that_was_not_granted_is_refused(run, tmp_path, tiny_clip):
    video = tiny_clip(frames=40, size=256, seed=0)
    grounds = ["--kind", "synthetic", "--attest", "Rendered", "--purpose", "speak", "--json"]
    grounds.append("--no-personalize")
    _, (enrolled,) = run("enroll", "--name", "Test", "--video", video, *grounds)
    out = tmp_path / "follow.mp4"
    code, _ = run("reenact", enrolled["subject_id"], "--driving", video, "-o", out)
    assert code == 3 and not out.exists()


def test_a_release_needs_the_policy(run, tmp_path, tiny_clip):
    release = tmp_path / "release.pdf"
    release.write_bytes(b"signed by hand")
    video = tiny_clip(frames=40, size=256, seed=0)
    arguments = ["enroll", "--name", "Test", "--video", video, "--release", release]
    arguments += ["--no-personalize", "--json"]
    assert run(*arguments)[0] == 3
    assert run("consent", "policy", "--allow", "documented")[0] == 0
    assert run(*arguments)[0] == 0


def test_a_recording_that_does_not_speak_the_statement_is_refused(run, tmp_path, tiny_clip):
    challenge = tmp_path / "challenge.json"
    assert run("consent", "challenge", "--name", "Test", "-o", challenge)[0] == 0
    video = tiny_clip(frames=40, size=256, seed=0)
    code, _ = run("enroll", "--name", "Test", "--video", video, "--challenge", challenge)
    assert code in (3, 4)
    _, listed = run("consent", "list", "--json")
    assert listed == []


def test_revoked_consent_stops_a_running_batch(home, tmp_path, tiny_clip):
    import avatar
    from consent import Kind, Registry
    from reenact.batch import run_batch

    video = tiny_clip(frames=40, size=256, seed=0)
    registry = Registry.open(home)
    made = avatar.enroll(
        "Test", video=video, kind=Kind.SYNTHETIC, attestation="Rendered", registry=registry
    )
    subject = made.subject_id
    table = tmp_path / "jobs.csv"
    rows = [f"job{index},reenact,{subject},{video}" for index in range(3)]
    table.write_text("\n".join(["id,command,subject,input", *rows]) + "\n")

    def revoke_after_the_first(done: int, total: int) -> None:
        if done == 1:
            registry.revoke(subject)

    outcomes = run_batch(table, tmp_path / "out", home=home, on_progress=revoke_after_the_first)
    assert [outcome.status for outcome in outcomes] == ["done", "failed", "failed"]
    assert {outcome.exit_code for outcome in outcomes[1:]} == {3}
    assert [path.name for path in (tmp_path / "out").glob("*.mp4")] == ["job0.mp4"]


def test_a_batch_with_failed_jobs_gives_7_and_resumes(enrolled, tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("COUNTENANCE_HOME", str(enrolled.home))
    table = tmp_path / "jobs.csv"
    table.write_text(
        "id,command,subject,input,region\n"
        f"follow,reenact,{enrolled.subject_id},{enrolled.video},lips\n"
        f"nobody,reenact,subject_of_nobody,{enrolled.video},\n"
    )
    command = ["batch", str(table), "-o", str(tmp_path / "out"), "--resume", "--json"]
    assert main(command) == 7
    first = {r["label"]: r for r in map(json.loads, capfd.readouterr().out.splitlines())}
    assert (first["follow"]["status"], first["nobody"]["exit_code"]) == ("done", 3)
    assert main(command) == 7
    again = {r["label"]: r for r in map(json.loads, capfd.readouterr().out.splitlines())}
    assert again["follow"]["status"] == "skipped"
    assert again["follow"]["sha256"] == first["follow"]["sha256"]


@pytest.mark.slow
def test_the_demonstration_speaks_for_as_long_as_the_speech(tmp_path):
    out = tmp_path / "demo.mp4"
    command = [sys.executable, "-m", "avatar.cli", "demo", "-o", str(out), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    result = json.loads(done.stdout)
    made = probe(out)
    length = AudioClip.read(ROOT / "avatar" / "sample" / "speech.flac").duration
    assert made.frame_count == result["frames"]
    assert abs(made.duration_s - length) <= 1 / 25
    assert face_in_every_frame(out)
