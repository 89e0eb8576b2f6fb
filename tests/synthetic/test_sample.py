import json
from pathlib import Path

import numpy as np
import pytest

from capture.audio import AudioClip
from capture.video import probe, read_frames

SAMPLE = Path(__file__).resolve().parents[2] / "avatar" / "sample"
STILLS = sorted(SAMPLE.glob("still_*.jpg"))


def test_the_sample_is_small_enough_to_live_in_the_repository():
    assert sum(path.stat().st_size for path in SAMPLE.iterdir()) <= 8_000_000
    assert (SAMPLE / "person.mp4").stat().st_size <= 3_000_000


def test_the_footage_is_what_enrolment_asks_for():
    info = probe(SAMPLE / "person.mp4")
    assert (info.width, info.height, info.fps) == (512, 512, 25)
    assert 12 <= info.duration_s <= 20
    assert info.has_audio


def test_the_truth_covers_every_frame_turns_to_both_sides_and_closes_the_eyes():
    truth = json.loads((SAMPLE / "person.truth.json").read_text())
    assert sum(1 for _ in read_frames(SAMPLE / "person.mp4")) == truth["frames"]
    yaw = np.rad2deg(2 * np.arcsin(np.array(truth["head_rotation_xyzw"])[:, 1]))
    assert yaw.max() > 27 and yaw.min() < -27
    assert max(truth["coefficients"]["eyeBlinkLeft"]) > 0.95
    assert max(truth["coefficients"]["jawOpen"]) > 0.5


def test_lips_are_closed_while_bilabials_are_spoken():
    truth = json.loads((SAMPLE / "person.truth.json").read_text())
    jaw = np.array(truth["coefficients"]["jawOpen"]) - truth["coefficients"]["mouthClose"]
    middles = [(a + b) / 2 for symbol, a, b in truth["phones"] if symbol in ("m", "p", "b")]
    assert len(middles) >= 5
    assert np.interp(middles, np.arange(len(jaw)) / 25, jaw).max() < 0.08


def test_four_stills_of_at_least_512_px():
    import cv2

    assert len(STILLS) == 4
    for path in STILLS:
        assert min(cv2.imread(str(path)).shape[:2]) >= 512


def test_the_speech_clip_is_six_to_ten_seconds_of_sound():
    clip = AudioClip.read(SAMPLE / "speech.flac")
    assert 6 <= clip.duration <= 10
    assert np.abs(clip.samples).max() > 0.3


@pytest.mark.parametrize("every", [12])
def test_a_face_is_found_all_along_the_footage(every):
    mediapipe = pytest.importorskip("mediapipe")
    import weights

    try:
        model = weights.read_bytes("face-landmarker")
    except weights.WeightsError as error:
        pytest.skip(str(error))
    options = mediapipe.tasks.vision.FaceLandmarkerOptions(
        base_options=mediapipe.tasks.BaseOptions(model_asset_buffer=model)
    )
    with mediapipe.tasks.vision.FaceLandmarker.create_from_options(options) as tracker:
        for index, frame in enumerate(read_frames(SAMPLE / "person.mp4")):
            if index % every == 0:
                image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=frame)
                assert len(tracker.detect(image).face_landmarks) == 1
