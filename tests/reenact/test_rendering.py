"""The engine, the mouth, and the two verbs on a synthetic person."""

import json
import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import reenact
from avatar.asset import AvatarAsset
from capture.errors import MediaError, NoFaceError
from capture.landmark_rig import LandmarkRig
from capture.landmarks import INNER_LIPS, LEFT_LID_UPPER, RIGHT_LID_UPPER
from capture.video import probe, read_frames, write_mp4
from consent import ConsentError, Permit, Purpose, Registry, verify_output
from consent.verification import VerificationState
from reenact.driving import _with_both_sides
from reenact.engine import DrivenFace, FirstOrderEngine
from reenact.mouth import MouthInterior
from reenact.transfer import Transfer
from tests.reenact.test_transfer import sliders

Ask = Callable[[str], tuple[Registry, str, Permit]]


def as_driven(asset: AvatarAsset, index: int) -> DrivenFace:
    landmarks = asset.appearance.references[index].landmarks
    pose = LandmarkRig.load().align(landmarks[None])
    return DrivenFace(
        landmarks=landmarks,
        shape=pose.to_canonical(landmarks[None])[0],
        rotation=pose.rotation[0],
    )


def test_a_reference_driven_by_itself_is_given_back(asset: AvatarAsset) -> None:
    engine = FirstOrderEngine(asset.appearance, size=256)
    for index in (0, 1):
        image = asset.appearance.references[index].image
        head = engine.render(as_driven(asset, index)).image
        assert head.shape == (256, 256, 3)
        middle = np.s_[90:166, 90:166]
        assert np.abs(head[middle].astype(int) - image[middle]).mean() < 6


def test_nothing_moves_far_from_the_face(asset: AvatarAsset) -> None:
    engine = FirstOrderEngine(asset.appearance, size=256)
    transfer = Transfer(asset, reference=None)
    (rest,) = transfer.faces(sliders())
    (turned,) = transfer.faces(sliders(yaw_degrees=15, jawOpen=0.5))
    before, after = engine.render(rest).image, engine.render(turned).image
    difference = np.abs(before.astype(int) - after).max(axis=2)
    assert difference[80:180, 80:180].max() > 30
    assert difference[:8, :8].max() == difference[:8, -8:].max() == 0


def test_closed_lids_hide_the_irises(asset: AvatarAsset) -> None:
    engine = FirstOrderEngine(asset.appearance, size=256)
    transfer = Transfer(asset, reference=None)
    (awake,) = transfer.faces(sliders())
    (asleep,) = transfer.faces(sliders(eyeBlinkLeft=1.0, eyeBlinkRight=1.0))

    def darkest_above_the_lid_line(face: DrivenFace) -> float:
        head = engine.render(face).image.astype(float).mean(axis=2)
        lids = engine._to_crop(face.landmarks)[[LEFT_LID_UPPER, RIGHT_LID_UPPER], :2]
        patches = [head[round(y) - 5 : round(y) - 2, round(x) - 3 : round(x) + 4] for x, y in lids]
        return min(float(patch.min()) for patch in patches)

    assert darkest_above_the_lid_line(asleep) > 0.6 * darkest_above_the_lid_line(awake)
    assert darkest_above_the_lid_line(asleep) > 50


def test_the_mouth_is_dark_inside_when_no_reference_opens_it(asset: AvatarAsset) -> None:
    engine = FirstOrderEngine(asset.appearance, size=256)
    (wide,) = Transfer(asset, reference=None).faces(sliders(jawOpen=0.9))
    driving = engine._to_crop(wide.landmarks)
    lips = driving[INNER_LIPS, :2]
    face = np.full((256, 256, 3), 180, np.float32)
    MouthInterior(asset).draw(
        face,
        shape=wide.shape,
        pose=LandmarkRig.load().align(wide.landmarks[None]),
        lips=lips,
        scale=256 / asset.appearance.crop.side,
        corner=np.array([asset.appearance.crop.x, asset.appearance.crop.y], np.float32),
        shown=0.0,
    )
    column, row = lips.mean(axis=0).astype(int)
    assert face[row - 1 : row + 2, column].mean() < 120
    assert (face[:20] == 180).all()
    untouched = np.full((256, 256, 3), 180, np.float32)
    MouthInterior(asset).draw(
        untouched,
        shape=wide.shape,
        pose=LandmarkRig.load().align(wide.landmarks[None]),
        lips=lips,
        scale=1.0,
        corner=np.zeros(2, np.float32),
        shown=1.0,
    )
    assert (untouched == 180).all()  # the references show it: nothing is drawn


def test_speaking_makes_a_signed_video_as_long_as_the_sound(
    permitted: Ask, tone: Path, tmp_path: Path
) -> None:
    registry, subject, permit = permitted("speak")
    out = tmp_path / "out.mp4"
    result = reenact.speak(
        subject, audio=tone, out=out, permit=permit, registry=registry, size=128, seed=3
    )
    info = probe(out)
    assert result.frames == info.frame_count == 50
    assert info.has_audio and (info.width, info.height) == (256, 256)
    assert abs(info.duration_s - 2.0) <= 1 / 25
    assert verify_output(out, registry=registry).state is VerificationState.VALID
    sidecar = json.loads(result.sidecar.read_text())
    assert "pocketsphinx-en-us-means" in json.dumps(sidecar)
    frames = np.stack(list(read_frames(out)))
    assert frames.std(axis=0)[90:150, 90:160].max() > 5  # it moves
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.json", "out.mp4"]


def test_following_keeps_the_driving_rate_and_the_source_size(
    permitted: Ask, tiny_clip: Callable[..., Path], tmp_path: Path
) -> None:
    registry, subject, permit = permitted("reenact")
    driving = tmp_path / "it's a driving clip.mp4"
    frames = list(read_frames(tiny_clip(frames=25, size=256, seed=3)))
    write_mp4((frame[:200] for frame in frames), driving, fps=Fraction(30000, 1001))
    out = tmp_path / "out.mp4"
    seen: list[tuple[int, int]] = []
    result = reenact.reenact(
        subject,
        driving=driving,
        out=out,
        permit=permit,
        registry=registry,
        size=128,
        driving_crop="20,10,220,230",
        on_progress=lambda done, total: seen.append((done, total)),
    )
    options = json.loads(result.sidecar.read_text())["details"]["options"]
    assert options["driving_crop"] == "20,10,220,230" and options["face"] is None
    info = probe(out)
    assert (info.fps, info.frame_count) == (Fraction(30000, 1001), 25)
    assert (info.width, info.height) == (256, 256)
    assert seen[-1] == (25, 25)
    assert any("no sound" in warning for warning in result.warnings)


def test_a_permit_for_speech_does_not_reenact(
    permitted: Ask, tiny_clip: Callable[..., Path], tmp_path: Path
) -> None:
    registry, subject, permit = permitted("speak")
    with pytest.raises(ConsentError):
        reenact.reenact(
            subject,
            driving=tiny_clip(frames=25, size=256, seed=0),
            out=tmp_path / "out.mp4",
            permit=permit,
            registry=registry,
        )
    assert list(tmp_path.iterdir()) == []


def test_a_driving_video_without_a_face_leaves_nothing(permitted: Ask, tmp_path: Path) -> None:
    registry, subject, permit = permitted("reenact")
    grey = tmp_path / "grey.mp4"
    write_mp4((np.full((96, 96, 3), 90, np.uint8) for _ in range(6)), grey, fps=Fraction(25))
    with pytest.raises(NoFaceError, match="no face"):
        reenact.reenact(
            subject, driving=grey, out=tmp_path / "out.mp4", permit=permit, registry=registry
        )
    assert [path.name for path in tmp_path.iterdir()] == ["grey.mp4"]


@pytest.mark.parametrize("shown", [range(30, 40), range(33, 35)])
def test_a_face_that_comes_late_is_followed(
    shown: range,
    permitted: Ask,
    tiny_clip: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    registry, subject, permit = permitted("reenact")
    monkeypatch.setattr("reenact.driving.REFERENCE_SEARCH", 10)
    (face, *_) = read_frames(tiny_clip(frames=25, size=256, seed=0), stop=1)
    late = tmp_path / "late.mp4"
    frames = (face if index in shown else np.full_like(face, 90) for index in range(45))
    write_mp4(frames, late, fps=Fraction(25))
    result = reenact.reenact(
        subject,
        driving=late,
        out=tmp_path / "out.mp4",
        permit=permit,
        registry=registry,
        size=128,
    )
    assert probe(tmp_path / "out.mp4").frame_count == 45
    assert any("no face" in warning or "without" in warning for warning in result.warnings)


def test_an_interrupt_leaves_nothing(permitted: Ask, tone: Path, tmp_path: Path) -> None:
    registry, subject, permit = permitted("speak")

    def interrupt(done: int, total: int) -> None:
        if done == 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reenact.speak(
            subject,
            audio=tone,
            out=tmp_path / "out.mp4",
            permit=permit,
            registry=registry,
            size=128,
            on_progress=interrupt,
        )
    assert list(tmp_path.iterdir()) == []
    assert registry.audit() == []


def test_an_existing_output_is_not_overwritten_unasked(
    permitted: Ask, tone: Path, tmp_path: Path
) -> None:
    registry, subject, permit = permitted("speak")
    out = tmp_path / "out.mp4"
    out.write_bytes(b"precious")
    with pytest.raises(MediaError, match="exists already"):
        reenact.speak(subject, audio=tone, out=out, permit=permit, registry=registry, size=128)
    assert out.read_bytes() == b"precious"


def test_pieces_of_driving_end_on_a_seen_face() -> None:
    face = object()
    seen = [None, None, *[face] * 9, *[None] * 12, *[face] * 5, None, None]
    sways = [np.full((1, 1, 3), number, np.float32) for number in range(len(seen))]
    pieces = list(_with_both_sides(zip(seen, sways, strict=True)))  # type: ignore[arg-type]
    own = [piece.seen[piece.carried :] for piece in pieces]
    assert [found for piece in own for found in piece] == seen
    watched = [sway for piece in pieces for sway in piece.sways[piece.carried :]]
    assert all(sway is given for sway, given in zip(watched, sways, strict=True))
    assert all(piece[-1] is face for piece in own[:-1])
    assert all(piece.seen[0] is face for piece in pieces if piece.carried)


def test_a_withdrawn_consent_stops_a_running_render(
    enrolled: object, tone: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(enrolled.home, home)  # type: ignore[attr-defined]
    subject: str = enrolled.subject_id  # type: ignore[attr-defined]
    out = tmp_path / "videos"
    out.mkdir()
    with Registry.open(home) as registry, Registry.open(home) as other:
        permit = registry.authorize(subject, purpose=Purpose.SPEAK)

        def withdraw(done: int, total: int) -> None:
            if done == 5:
                other.revoke(subject, reason="changed my mind")

        with pytest.raises(ConsentError):
            reenact.speak(
                subject,
                audio=tone,
                out=out / "out.mp4",
                permit=permit,
                registry=registry,
                size=128,
                on_progress=withdraw,
            )
    assert list(out.iterdir()) == []
