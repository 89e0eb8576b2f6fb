"""An avatar that waits: alive, calm, and never drifting away."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import avatar
import reenact
from avatar.asset import AvatarAsset
from avatar.cli import main
from capture.head_pose import to_matrices
from capture.motion import MotionSequence
from capture.video import probe, read_frames
from consent import Kind, Permit, Purpose, Registry
from reenact.errors import ControlError
from reenact.idling import idle_motion
from reenact.transfer import Transfer
from reenact.view import view_angles

Ask = Callable[[str], tuple[Registry, str, Permit]]


def turns(motion: MotionSequence) -> np.ndarray:
    return view_angles(to_matrices(motion.head_rotation))


def test_the_same_seed_waits_the_same_way_and_another_otherwise() -> None:
    first, again, other = (idle_motion(4, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.blendshapes, again.blendshapes)
    np.testing.assert_array_equal(first.head_rotation, again.head_rotation)
    assert np.abs(turns(first) - turns(other)).max() > 0.3


def test_ten_minutes_of_waiting_do_not_drift() -> None:
    motion = idle_motion(600, seed=3)
    angles, places = turns(motion), motion.head_translation * 1000
    for part in np.array_split(np.arange(len(motion)), 4):
        assert np.abs(angles[part].mean(axis=0)).max() < 0.6
        assert np.abs(places[part].mean(axis=0)).max() < 1.3
    assert np.abs(angles).max() < 8
    assert np.abs(places).max() < 15
    assert (0.5 < angles.std(axis=0)).all() and (angles.std(axis=0) < 2.5).all()


def test_it_blinks_as_often_as_people_at_rest() -> None:
    people = [idle_motion(120, seed=seed).column("eyeBlinkLeft") > 0.5 for seed in range(6)]
    per_minute = [(blink[1:] & ~blink[:-1]).sum() / 2 for blink in people]
    assert 11 < np.mean(per_minute) < 21
    assert np.ptp(per_minute) > 2


def test_it_breathes() -> None:
    motion = idle_motion(120, fps=Fraction(10), seed=0)
    height = motion.head_translation[:, 1]
    power = np.abs(np.fft.rfft(height - height.mean())) ** 2
    per_minute = np.fft.rfftfreq(len(height), 0.1) * 60
    breathing = power[(per_minute > 10) & (per_minute < 18)].sum()
    faster = power[(per_minute > 24) & (per_minute < 60)].sum()
    assert breathing > 3 * faster


def test_nothing_jumps_but_eyes() -> None:
    motion = idle_motion(60, seed=5)
    assert np.abs(np.diff(turns(motion), axis=0)).max() < 0.3
    for name in ("mouthSmileLeft", "browInnerUp"):
        assert np.abs(np.diff(motion.column(name))).max() < 0.02
    looked = motion.column("eyeLookOutLeft") - motion.column("eyeLookInLeft")
    assert np.abs(np.diff(looked)).max() > 0.05  # saccades


def test_the_mouth_stays_as_it_is_in_the_source_frame(asset: AvatarAsset) -> None:
    still = MotionSequence(
        fps=Fraction(25),
        blendshapes=np.zeros((1, 52), np.float32),
        head_rotation=np.array([[0, 0, 0, 1]], np.float32),
        head_translation=np.zeros((1, 3), np.float32),
    )
    (face,) = Transfer(asset, reference=None, speaks=False).faces(still)
    np.testing.assert_allclose(
        face.landmarks[:, :2], asset.appearance.references[0].landmarks[:, :2], atol=0.05
    )


@pytest.mark.parametrize("seconds", [0.0, -1.0, 4000.0, float("nan")])
def test_a_length_that_cannot_be_is_refused(seconds: float) -> None:
    with pytest.raises(ControlError):
        idle_motion(seconds)


def test_one_photo_is_enough(
    tiny_clip: Callable[..., Path], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (frame,) = read_frames(tiny_clip(frames=40, size=256, seed=6), stop=1)
    photo, home, out = tmp_path / "photo.jpg", tmp_path / "home", tmp_path / "wait.mp4"
    Image.fromarray(frame).save(photo, quality=95)
    with Registry.open(home) as registry:
        made = avatar.enroll(
            "Photo",
            video=photo,
            kind=Kind.SYNTHETIC,
            attestation="Rendered by the tests",
            purposes=[Purpose.SPEAK],
            registry=registry,
        )
    settings = ["--home", str(home), "--size", "128", "--seed", "4", "--view", "0:0,0,0 1:8,0,0"]
    assert main(["idle", made.subject_id, "--seconds", "1.2", "-o", str(out), *settings]) == 0
    info = probe(out)
    assert (info.frame_count, info.has_audio, info.width) == (30, False, 256)
    frames = np.stack(list(read_frames(out)))
    assert frames.std(axis=0)[90:170, 90:170].max() > 5  # it moves
    assert np.abs(frames[0].astype(int) - frame)[90:170, 90:170].mean() < 9  # and is the person


def test_the_proof_names_the_controls(permitted: Ask, tmp_path: Path) -> None:
    registry, subject, permit = permitted("speak")
    out = tmp_path / "wait.mp4"
    controls = reenact.Controls(pose=0.5, gaze=(0.0, 0.0))
    reenact.idle(
        subject,
        seconds=0.2,
        out=out,
        permit=permit,
        registry=registry,
        size=128,
        controls=controls,
    )
    text = out.with_suffix(".json").read_text()
    assert '"gaze": "0,0"' in text and '"pose": 0.5' in text and '"command": "idle"' in text
