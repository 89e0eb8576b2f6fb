"""One frame before a video is rendered, and who is in the driving video."""

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

import reenact
from avatar.asset import AvatarAsset
from avatar.cli import cli
from capture.errors import CaptureError, NoFaceError
from capture.tracking import whom_to_follow
from consent import ConsentError, Permit, Registry, verify_output
from consent.verification import VerificationState
from reenact.driving import DrivingVideo
from reenact.errors import ControlError
from reenact.picture import Picture
from tests.capture.test_people import two_people

Ask = Callable[[str], tuple[Registry, str, Permit]]


def test_a_preview_shows_three_pictures_and_is_signed(
    permitted: Ask, tiny_clip: Callable[..., Path], tmp_path: Path
) -> None:
    registry, subject, permit = permitted("reenact")
    out = tmp_path / "look.png"
    result = reenact.preview(
        subject,
        driving=tiny_clip(frames=25, size=256, seed=0),
        out=out,
        permit=permit,
        registry=registry,
        size=128,
        driving_crop="20,10,220,230",
        picture=Picture(background="#00b140"),
    )
    assert result.frames == 1
    shown = cv2.imread(str(out))
    assert shown.shape == (512, 3 * 512, 3)
    assert np.abs(shown[4, 2 * 512 + 4, ::-1].astype(int) - (0, 177, 64)).max() < 8
    assert verify_output(out, registry=registry).state is VerificationState.VALID
    options = json.loads(result.sidecar.read_text())["details"]["options"]
    assert options["command"] == "preview"


def test_a_preview_needs_the_permit_and_a_png(
    permitted: Ask, tiny_clip: Callable[..., Path], tmp_path: Path
) -> None:
    registry, subject, permit = permitted("speak")
    settings = {"driving": tiny_clip(), "permit": permit, "registry": registry}
    with pytest.raises(ConsentError):
        reenact.preview(subject, out=tmp_path / "look.png", **settings)
    with pytest.raises(ControlError, match="PNG"):
        reenact.preview(subject, out=tmp_path / "look.jpg", **settings)
    assert list(tmp_path.iterdir()) == []


def test_a_second_person_is_noticed_while_the_reference_is_looked_for(
    asset: AvatarAsset, tmp_path: Path
) -> None:
    video = DrivingVideo(two_people(tmp_path / "two.mp4"))
    video.reference(asset)
    assert video.faces == 2
    _, found, _ = video.first()
    whole = whom_to_follow(video.path, face=0)
    assert whole.person is not None
    assert np.abs(found.box - whole.person.first_box).max() < 40


def test_a_crop_moves_nothing_and_one_beside_the_picture_is_told(
    tiny_clip: Callable[..., Path],
) -> None:
    path = tiny_clip(frames=25, size=256, seed=0)
    _, whole, _ = DrivingVideo(path).first()
    _, part, _ = DrivingVideo(path, crop="20,10,220,230").first()
    _, found, _ = DrivingVideo(path, crop="auto").first()
    assert np.abs(whole.landmarks - part.landmarks)[:, :2].max() < 2
    assert np.abs(whole.landmarks - found.landmarks)[:, :2].max() < 2
    for crop, error in (("500,0,10,10", CaptureError), ("a,b", CaptureError)):
        with pytest.raises(error):
            DrivingVideo(path, crop=crop)
    with pytest.raises(NoFaceError):
        DrivingVideo(path, face=1, crop="auto")


def test_faces_are_listed_with_a_sheet(tiny_clip: Callable[..., Path], tmp_path: Path) -> None:
    sheet = tmp_path / "faces.png"
    arguments = ["faces", str(tiny_clip(frames=25, size=256, seed=0)), "--json"]
    result = CliRunner().invoke(cli, [*arguments, "--sheet", str(sheet)])
    (line,) = result.stdout.strip().splitlines()
    record = json.loads(line)
    assert record["face"] == 0 and record["share"] == 1.0 and len(record["box"]) == 4
    assert cv2.imread(str(sheet)).shape == (160, 160, 3)
