"""What the output shows: cut, size, background, alpha, preview."""

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

import reenact
from avatar.asset import AvatarAsset
from capture.errors import MediaError
from capture.video import probe, read_frames
from consent import Permit, Registry, verify_output
from consent.verification import VerificationState
from reenact.backdrop import backdrop
from reenact.canvas import choose_canvas, full_canvas
from reenact.compositor import Compositor
from reenact.cutout import CutOut, person_mattes, refined, with_mattes
from reenact.engine import FirstOrderEngine, RenderedHead
from reenact.errors import ControlError
from reenact.outputs import Film, Pictures, open_output, output_path
from reenact.picture import Picture
from tests.reenact.test_rendering import as_driven

Ask = Callable[[str], tuple[Registry, str, Permit]]
GREEN = np.array([0, 177, 64], np.uint8)


def test_the_full_canvas_is_the_source_frame_itself(asset: AvatarAsset) -> None:
    look = asset.appearance
    assert choose_canvas(look) == full_canvas(look)
    assert (full_canvas(look).show(look.frame) == look.frame).all()


@pytest.mark.parametrize(
    ("settings", "size"),
    [
        ({"crop": "square"}, (256, 256)),
        ({"crop": "9:16"}, (144, 256)),
        ({"crop": "9:16", "scale": 0.5}, (72, 128)),
        ({"crop": "full", "size": (0, 128)}, (128, 128)),
        ({"crop": "full", "size": (90, 160)}, (90, 160)),
        ({"crop": "head", "largest": 100}, (100, 100)),
    ],
)
def test_a_cut_has_the_size_asked_for_and_holds_the_face(
    asset: AvatarAsset, settings: dict[str, object], size: tuple[int, int]
) -> None:
    canvas = choose_canvas(asset.appearance, **settings)  # type: ignore[arg-type]
    assert (canvas.width, canvas.height) == size
    assert canvas.show(asset.appearance.frame).shape == (size[1], size[0], 3)
    face = asset.appearance.references[0].landmarks[:, :2]
    place = (face - [canvas.left, canvas.top]) * canvas.scale
    assert place.min() > -0.15 * size[0] and (place < 1.15 * np.array(size)).all()


def test_a_scaled_still_head_lands_where_the_frame_shows_it(asset: AvatarAsset) -> None:
    look = asset.appearance
    canvas = choose_canvas(look, scale=0.7)
    compositor = Compositor(look, canvas)
    head = RenderedHead(look.references[0].image, np.ones((8, 8), np.float32))
    difference = np.abs(compositor.paste(head).astype(int) - compositor.frame)
    assert difference.mean() < 3


@pytest.mark.parametrize("crop", ["foo", "0:1", "1:100", "3:"])
def test_an_unknown_crop_is_told(asset: AvatarAsset, crop: str) -> None:
    with pytest.raises(ControlError, match="no crop"):
        choose_canvas(asset.appearance, crop=crop)


def test_an_output_that_is_too_large_is_told(asset: AvatarAsset) -> None:
    with pytest.raises(ControlError, match="px"):
        choose_canvas(asset.appearance, size=(0, 20000))


def test_a_matte_follows_the_colour_that_the_plate_lacks() -> None:
    plate = np.full((96, 96, 3), 200, np.uint8)
    image = plate.copy()
    image[30:, 40:60] = (60, 30, 20)
    truth = np.zeros((96, 96), np.uint8)
    truth[30:, 40:60] = 255
    rough = cv2.GaussianBlur(truth, (0, 0), 1.5)
    better = refined(image, rough, plate)
    before = np.abs(rough.astype(int) - truth).mean()
    assert np.abs(better.astype(int) - truth).mean() < 0.5 * before


def test_the_person_is_laid_over_a_colour_without_a_rim_of_the_room(asset: AvatarAsset) -> None:
    look = asset.appearance
    mattes = person_mattes(look)
    engine = FirstOrderEngine(look, size=256, cutouts=mattes.references)
    head = engine.render(as_driven(asset, 0))
    assert head.matte is not None and head.matte[:10].max() < 128 < head.matte[128, 128]
    over = CutOut(look, mattes, background="#00b140").paste(head)
    assert over.shape == look.frame.shape
    assert np.abs(over[:6, :6].astype(int) - GREEN).max() <= 1
    alone = CutOut(look, mattes, background=None).paste(head)
    alpha = alone[..., 3:] / 255
    again = alone[..., :3] * alpha + GREEN * (1 - alpha)
    assert np.abs(again - over).mean() < 1.0  # both are the same cut-out
    face = look.references[0].landmarks[:, :2].mean(axis=0).astype(int)
    assert alone[face[1], face[0], 3] == 255


def test_heads_without_a_matte_get_one(asset: AvatarAsset) -> None:
    image = asset.appearance.references[0].image
    (head,) = with_mattes([RenderedHead(image, np.ones((4, 4), np.float32))])
    assert head.matte is not None and head.matte.shape == image.shape[:2]
    assert head.matte[len(image) // 2, len(image) // 2] > 200


def test_a_blurred_room_holds_nothing_of_the_person(asset: AvatarAsset) -> None:
    canvas = full_canvas(asset.appearance)
    frame = np.full((canvas.height, canvas.width, 3), 100, np.uint8)
    matte = np.zeros(frame.shape[:2], np.uint8)
    frame[60:200, 60:200], matte[60:200, 60:200] = (250, 0, 0), 255
    room = backdrop("blur", canvas, frame=frame, matte=matte)
    assert np.abs(room.astype(int) - 100).max() <= 2


def test_a_picture_covers_the_canvas_and_one_that_is_none_is_told(
    asset: AvatarAsset, tmp_path: Path
) -> None:
    canvas = full_canvas(asset.appearance)
    wide = tmp_path / "wide.png"
    cv2.imwrite(str(wide), np.full((10, 90, 3), 77, np.uint8))
    blank = asset.appearance.frame
    shown = backdrop(wide, canvas, frame=blank, matte=blank[..., 0])
    assert shown.shape == blank.shape and (shown == 77).all()
    (tmp_path / "no.png").write_text("no picture")
    with pytest.raises(MediaError, match="no picture"):
        backdrop(tmp_path / "no.png", canvas, frame=blank, matte=blank[..., 0])


@pytest.mark.parametrize(
    "settings",
    [
        {"background": "mauve"},
        {"background": "blur", "alpha": True},
        {"scale": float("nan")},
        {"scale": 2.0, "output_size": (0, 100)},
    ],
)
def test_settings_that_contradict_are_told(settings: dict[str, object]) -> None:
    with pytest.raises(ControlError):
        Picture(**settings)  # type: ignore[arg-type]


def test_an_output_is_told_by_its_name() -> None:
    assert isinstance(open_output("a.webm", transparent=True), Film)
    assert isinstance(open_output(output_path("folder/")), Pictures)
    for bad in ("a.mkv", "a", "a.png"):
        with pytest.raises(ControlError, match="no such output"):
            open_output(bad)
    with pytest.raises(ControlError, match="transparency"):
        open_output("a.mp4", transparent=True)
    with pytest.raises(MediaError, match="pattern"):
        open_output("a_%s.png")


def test_a_preview_has_half_the_rate_and_says_so(
    permitted: Ask, tone: Path, tmp_path: Path
) -> None:
    registry, subject, permit = permitted("speak")
    out = tmp_path / "out.mp4"
    picture = Picture(preview=True, crop="9:16", background="#00b140")
    result = reenact.speak(
        subject, audio=tone, out=out, permit=permit, registry=registry, picture=picture, size=128
    )
    assert result.frames == 25 and probe(out).fps * 2 == 25
    frame = next(iter(read_frames(out)))
    assert frame.shape == (256, 144, 3) and np.abs(frame[2, 2].astype(int) - GREEN).max() < 12
    options = json.loads(result.sidecar.read_text())["details"]["options"]
    assert options["preview"] is True and options["background"] == "#00b140"


def test_pictures_with_alpha_are_signed_as_one_output(
    permitted: Ask, tone: Path, tmp_path: Path
) -> None:
    registry, subject, permit = permitted("speak")
    result = reenact.speak(
        subject,
        audio=tone,
        out=f"{tmp_path}/shots/",
        permit=permit,
        registry=registry,
        picture=Picture(alpha=True, preview=True),
        size=128,
    )
    folder = tmp_path / "shots"
    assert len(list(folder.glob("frame_*.png"))) == result.frames == 25
    assert result.warnings  # they carry no sound
    picture = cv2.imread(str(folder / "frame_00003.png"), cv2.IMREAD_UNCHANGED)
    assert picture.shape[2] == 4 and picture[2, 2, 3] < 60 and picture[128, 128, 3] == 255
    for path in (folder, folder / "frame_00003.png"):
        assert verify_output(path, registry=registry).state is VerificationState.VALID
    assert [path.name for path in tmp_path.iterdir()] == ["shots"]
