"""Input that is broken, odd or unwelcome, through the command line.

Whatever happens: a clear message and the exit code of its kind, nothing half-written beside the
output, and a registry whose audit finds nothing.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import struct
import subprocess
import sys
import time
import wave
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from avatar.cli import main
from capture.video import probe, read_frames

ROOT = Path(__file__).resolve().parent.parent
RATE = 16000
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE = 24, 1


@dataclass(frozen=True)
class Case:
    """A folder to work in, and the enrolled person whose registry must stay whole."""

    folder: Path
    home: Path
    subject_id: str

    def speak(self, audio: Path, *options: str, out: Path | None = None) -> int:
        """Run `avatar speak` in this process."""
        output = str(out or self.folder / "out.mp4")
        return main(["speak", self.subject_id, "--audio", str(audio), "-o", output, *options])

    def reenact(self, driving: Path, *options: str, out: Path | None = None) -> int:
        """Run `avatar reenact` in this process."""
        output = str(out or self.folder / "out.mp4")
        return main(["reenact", self.subject_id, "--driving", str(driving), "-o", output, *options])

    def enroll(self, video: Path) -> int:
        """Run `avatar enroll` of a synthetic person in this process."""
        arguments = ["--kind", "synthetic", "--attest", "Rendered by the tests"]
        return main(["enroll", "--name", "Test", "--video", str(video), *arguments])

    def start(self, *arguments: str, before: Callable[[], None] | None = None) -> subprocess.Popen:
        """Start the command in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "avatar.cli", *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=before,
        )


@pytest.fixture
def case(tmp_path, monkeypatch, enrolled, capfd) -> Iterator[Case]:
    """A case, after which nothing half-written lies about and the registry is whole."""
    monkeypatch.setenv("COUNTENANCE_HOME", str(enrolled.home))
    folder = tmp_path / "out put"
    folder.mkdir()
    yield Case(folder, enrolled.home, enrolled.subject_id)
    leftovers = [path for path in folder.rglob("*") if ".part" in path.name]
    assert leftovers == []
    for video in folder.glob("*.mp4"):
        assert video.with_suffix(".json").exists(), f"{video.name} has no sidecar"
    capfd.readouterr()
    assert main(["consent", "audit"]) == 0, capfd.readouterr()


def refused(code: int, capfd: pytest.CaptureFixture[str]) -> str:
    """Check the code of unusable input and return the message."""
    assert code == 4
    error = capfd.readouterr().err
    assert "Error: " in error and "Traceback" not in error
    return error


def write_wav(path: Path, samples: np.ndarray, rate: int = RATE) -> Path:
    """Write (s,) or (s, channels) samples in [-1, 1] as 16-bit PCM."""
    with wave.open(str(path), "wb") as stream:
        stream.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        stream.setsampwidth(2)
        stream.setframerate(rate)
        stream.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


def babble(seconds: float, rate: int = RATE) -> np.ndarray:
    """Noise that comes and goes four times a second, as syllables do."""
    at = np.arange(int(seconds * rate)) / rate
    loud = np.maximum(np.sin(2 * np.pi * 4 * at), 0)
    return 0.3 * loud * np.random.default_rng(0).uniform(-1, 1, len(at))


def encode(
    path: Path,
    frames: Iterable[np.ndarray],
    *,
    pix_fmt: str = "yuv420p",
    times_ms: list[int] | None = None,
) -> Path:
    """Encode H.264 without sound; at 25 fps, or at the given times."""
    import av

    with av.open(str(path), "w") as container:
        stream = None
        for index, picture in enumerate(frames):
            if stream is None:
                stream = container.add_stream("libx264", rate=25)
                stream.height, stream.width = picture.shape[:2]
                stream.pix_fmt = pix_fmt
                stream.codec_context.time_base = Fraction(1, 1000)
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame.pts = times_ms[index] if times_ms else index * 40
            frame.time_base = Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def turn_in_file(path: Path, height: int) -> Path:
    """Write a quarter turn clockwise into the track header, as phones do."""
    data = bytearray(path.read_bytes())
    matrix = data.index(b"tkhd") + 4 + 40
    quarter = (0, 1 << 16, 0, -(1 << 16), 0, 0, height << 16, 0, 1 << 30)
    struct.pack_into(">9i", data, matrix, *quarter)
    path.write_bytes(data)
    return path


@pytest.fixture(scope="session")
def faces(tiny_clip) -> list[np.ndarray]:
    """Frames of the synthetic person."""
    return list(read_frames(tiny_clip(frames=12, size=256, seed=0)))


def grey(count: int, height: int, width: int) -> list[np.ndarray]:
    """Frames without anybody."""
    ramp = np.linspace(60, 190, width)[None, :, None]
    return [np.broadcast_to(ramp, (height, width, 3)).astype(np.uint8) for _ in range(count)]


UNREADABLE = {
    "text": lambda path: path.write_text("this is no video\n" * 100),
    "empty": lambda path: path.write_bytes(b""),
    "noise": lambda path: path.write_bytes(np.random.default_rng(0).bytes(50_000)),
}


@pytest.mark.parametrize("kind", UNREADABLE)
@pytest.mark.parametrize("command", ["speak", "reenact", "enroll"])
def test_a_file_that_is_no_video_or_sound_is_refused(case, capfd, kind, command):
    path = case.folder.parent / "broken.mp4"
    UNREADABLE[kind](path)
    message = refused(getattr(case, command)(path), capfd)
    assert "broken.mp4" in message
    assert list(case.folder.iterdir()) == []


def test_an_empty_file_is_called_empty(case, capfd, tmp_path):
    path = tmp_path / "empty.wav"
    path.touch()
    assert "empty (0 bytes)" in refused(case.speak(path), capfd)


@pytest.mark.parametrize("command", ["speak", "reenact", "enroll"])
def test_a_truncated_mp4_is_refused(case, capfd, faces, tmp_path, command):
    path = encode(tmp_path / "cut.mp4", faces)
    path.write_bytes(path.read_bytes()[:-800])
    assert "cut.mp4" in refused(getattr(case, command)(path), capfd)


def test_speech_from_a_video_without_sound_is_refused(case, capfd, faces, tmp_path):
    message = refused(case.speak(encode(tmp_path / "mute.mp4", faces)), capfd)
    assert "audio" in message or "sound" in message


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Hello,\n[smlie] you", "line 2, column 1"),
        ("[happy]Hello", "never closed"),
        ("...", "no word"),
        ("Привет", "no language"),
    ],
)
def test_a_text_that_cannot_be_said_is_refused(case, capfd, text, told):
    out = str(case.folder / "out.mp4")
    assert main(["speak", case.subject_id, "--text", text, "-o", out]) == 2
    assert told in capfd.readouterr().err
    assert list(case.folder.iterdir()) == []


def test_a_driving_video_without_sound_gives_a_video_without_sound(case, faces, tmp_path):
    assert case.reenact(encode(tmp_path / "mute.mp4", faces)) == 0
    assert not probe(case.folder / "out.mp4").has_audio


@pytest.mark.parametrize("command", ["reenact", "enroll"])
def test_footage_without_a_face_is_refused(case, capfd, tmp_path, command):
    path = encode(tmp_path / "nobody.mp4", grey(12, 128, 128))
    assert "face" in refused(getattr(case, command)(path), capfd)


@pytest.mark.parametrize("command", ["reenact", "enroll"])
def test_a_video_of_four_by_four_pixels_is_refused(case, capfd, tmp_path, command):
    refused(getattr(case, command)(encode(tmp_path / "dot.mp4", grey(12, 4, 4))), capfd)


def test_of_two_faces_the_largest_drives_unless_another_is_chosen(case, faces, tmp_path):
    import cv2

    small = [
        np.pad(cv2.resize(frame, (200, 200)), ((56, 0), (28, 28), (0, 0)), mode="edge")
        for frame in faces
    ]
    path = encode(
        tmp_path / "two.mp4", [np.hstack(pair) for pair in zip(small, faces, strict=True)]
    )
    assert case.reenact(path, out=case.folder / "largest.mp4") == 0
    assert case.reenact(path, "--face", "1", out=case.folder / "other.mp4") == 0
    assert probe(case.folder / "largest.mp4").frame_count == len(faces)


def test_a_face_that_is_not_there_cannot_be_chosen(case, capfd, faces, tmp_path):
    path = encode(tmp_path / "one.mp4", faces)
    assert "face" in refused(case.reenact(path, "--face", "5"), capfd)


def test_odd_sizes_are_accepted(case, faces, tmp_path, monkeypatch):
    odd = encode(tmp_path / "odd.mp4", [f[:255, :253] for f in faces], pix_fmt="yuv444p")
    assert (probe(odd).width, probe(odd).height) == (253, 255)
    assert case.reenact(odd) == 0
    # the enrolled person's home is everybody's: nobody else may move in
    monkeypatch.setenv("COUNTENANCE_HOME", str(tmp_path / "own"))
    assert case.enroll(odd) == 0


def test_a_variable_frame_rate_keeps_its_duration(case, faces, tmp_path):
    times = np.cumsum([0, 40, 40, 120, 40, 33, 90, 40, 60, 40, 200]).tolist()
    path = encode(tmp_path / "vfr.mp4", faces[: len(times)], times_ms=times)
    assert case.reenact(path) == 0
    made, given = probe(case.folder / "out.mp4"), probe(path)
    assert abs(made.duration_s - given.duration_s) <= 1.5 / given.fps


def test_a_rotated_phone_video_is_seen_upright(case, faces, tmp_path):
    lying = [np.rot90(frame[:, 16:-16]) for frame in faces]
    path = turn_in_file(encode(tmp_path / "phone.mp4", lying), height=lying[0].shape[0])
    info = probe(path)
    assert (info.width, info.height) == (224, 256)
    assert case.reenact(path) == 0


def test_telephone_sound_in_stereo_is_accepted(case, tmp_path):
    samples = np.stack([babble(1.0, 8000), 0.5 * babble(1.0, 8000)], axis=1)
    assert case.speak(write_wav(tmp_path / "phone.wav", samples, 8000)) == 0
    assert abs(probe(case.folder / "out.mp4").duration_s - 1.0) <= 1 / 25


def test_silence_gives_a_video_of_its_length(case, tmp_path):
    assert case.speak(write_wav(tmp_path / "silence.wav", np.zeros(RATE))) == 0
    assert probe(case.folder / "out.mp4").frame_count == 25


@pytest.mark.parametrize("name", ["two  spaces.wav", 'it\'s "quoted".wav', "$(touch x);ü.wav"])
def test_file_names_are_plain_data(case, tmp_path, name):
    out = case.folder / Path(name).with_suffix(".mp4").name
    assert case.speak(write_wav(tmp_path / name, babble(0.4)), out=out) == 0
    assert out.exists() and not (tmp_path / "x").exists() and not (ROOT / "x").exists()


def test_an_existing_output_stays_unless_overwriting_is_asked_for(case, capfd, tmp_path):
    out = case.folder / "out.mp4"
    speech = write_wav(tmp_path / "a.wav", babble(0.4))
    assert case.speak(speech) == 0
    before = out.read_bytes()
    assert "exists" in refused(case.speak(speech), capfd)
    assert out.read_bytes() == before
    assert case.speak(speech, "--overwrite") == 0


def test_a_missing_output_folder_is_refused(case, capfd, tmp_path):
    speech = write_wav(tmp_path / "a.wav", babble(0.4))
    refused(case.speak(speech, out=tmp_path / "none" / "out.mp4"), capfd)


def test_a_read_only_output_folder_is_refused(case, tmp_path):
    speech = write_wav(tmp_path / "a.wav", babble(0.4))
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)

    def without_privilege() -> None:
        # The superuser may write anywhere; take that right from the child (fails for others, who
        # never had it).
        ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0)

    arguments = ("speak", case.subject_id, "--audio", str(speech), "-o", str(locked / "out.mp4"))
    process = case.start(*arguments, before=without_privilege)
    _, error = process.communicate(timeout=120)
    assert process.returncode == 4, error
    assert "may not write" in error
    assert list(locked.iterdir()) == []


ON_A_TINY_DISK = """
mount -t tmpfs -o size=64k tmpfs "$0" || exit 99
"$@"
code=$?
ls -A "$0"
exit $code
"""


def test_a_disk_that_fills_up_leaves_nothing(case, tmp_path):
    speech = write_wav(tmp_path / "a.wav", babble(4.0))
    out = case.folder / "out.mp4"
    command = [sys.executable, "-m", "avatar.cli", "speak", case.subject_id]
    command += ["--audio", str(speech), "-o", str(out)]
    # A mount of its own name space vanishes with the process; the last `ls` tells what was left.
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", ON_A_TINY_DISK, str(case.folder), *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if done.returncode in (1, 99, 127) and "Traceback" not in done.stderr:
        pytest.skip("this machine lets nobody mount a small file system")
    assert done.returncode == 4, done.stderr
    assert "cannot be written: No space left on device" in done.stderr
    assert "Free some space" in done.stderr
    assert done.stdout == ""


def test_a_file_that_may_not_grow_leaves_nothing(case, tmp_path):
    speech = write_wav(tmp_path / "a.wav", babble(4.0))

    def small_files() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (64_000, 64_000))

    out = case.folder / "out.mp4"
    arguments = ("speak", case.subject_id, "--audio", str(speech), "-o", str(out))
    process = case.start(*arguments, before=small_files)
    _, error = process.communicate(timeout=120)
    assert process.returncode == 4, error
    assert "Traceback" not in error
    assert list(case.folder.iterdir()) == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_leaves_nothing(case, tmp_path, number, code):
    speech = write_wav(tmp_path / "long.wav", babble(60.0))
    out = case.folder / "out.mp4"
    process = case.start("speak", case.subject_id, "--audio", str(speech), "-o", str(out))
    deadline = time.monotonic() + 90
    while not list(case.folder.glob("*.part*")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, "nothing was written"
        time.sleep(0.05)
    os.kill(process.pid, number)
    _, error = process.communicate(timeout=60)
    assert process.returncode == code, error
    assert "Traceback" not in error
    assert list(case.folder.iterdir()) == []
