"""Photos where videos are expected."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from capture.errors import MediaError
from capture.stills import is_still, read_still
from capture.video import LARGEST_STILL_PX, probe, read_frames

SIDEWAYS = 6
"""EXIF orientation: turn the stored picture clockwise."""


def picture(width: int = 64, height: int = 48) -> Image.Image:
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = (200, 30, 30)  # upper left
    return Image.fromarray(pixels)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF"])
def test_a_photo_is_a_video_of_one_frame(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "photo with no suffix"
    picture().save(path, format=kind)
    info = probe(path)
    assert (info.width, info.height, info.frame_count, info.has_audio) == (64, 48, 1, False)
    (frame,) = read_frames(path)
    assert frame.shape == (48, 64, 3)
    assert np.abs(frame[10, 10].astype(int) - (200, 30, 30)).max() < 12
    assert list(read_frames(path, start=1)) == list(read_frames(path, stop=0)) == []


def test_a_photo_is_seen_upright(tmp_path: Path) -> None:
    path = tmp_path / "phone.jpg"
    exif = Image.Exif()
    exif[0x0112] = SIDEWAYS
    picture().save(path, exif=exif)
    (frame,) = read_frames(path)
    assert frame.shape == (64, 48, 3)
    assert frame[10, 40, 0] > 150 > frame[10, 10, 0]  # now at the upper right


def test_large_photos_are_reduced(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    picture(2 * LARGEST_STILL_PX, 100).save(path)
    assert probe(path).width == LARGEST_STILL_PX


def test_a_cut_off_photo_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.png"
    picture().save(path)
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(MediaError, match=r"cut\.png cannot be read as a photo"):
        probe(path)


def test_a_photo_of_too_many_pixels_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "huge.png"
    picture().save(path)
    monkeypatch.setattr("capture.stills.LARGEST_PICTURE", 1000)
    with pytest.raises(MediaError, match="64 x 48 px are too large"):
        read_still(path, largest_side=32)


def test_moving_pictures_are_no_photos(tmp_path: Path) -> None:
    moving, sound = tmp_path / "moving.png", tmp_path / "sound.wav"
    frames = [picture(), picture().transpose(Image.Transpose.FLIP_LEFT_RIGHT)]
    frames[0].save(moving, save_all=True, append_images=frames[1:])
    sound.write_bytes(b"RIFF\x24\0\0\0WAVEfmt ")
    assert not is_still(moving) and not is_still(sound)
