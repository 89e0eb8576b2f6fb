from fractions import Fraction

import numpy as np
import pytest

from capture.video import probe, read_frames
from synthetic.fixture import tiny_clip


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return tiny_clip(tmp_path_factory.mktemp("tiny") / "clip.mp4", frames=30, seed=1, tone=True)


def test_a_tiny_clip_has_the_frames_it_was_asked_for(clip):
    info = probe(clip.path)
    assert (info.width, info.height, info.fps) == (256, 256, Fraction(25))
    assert info.has_audio
    assert sum(1 for _ in read_frames(clip.path)) == 30 == len(clip.motion)


def test_its_truth_turns_talks_and_blinks(clip):
    yaw = clip.motion.head_rotation[:, 1]
    assert np.rad2deg(2 * np.arcsin(yaw)).max() > 12
    assert np.rad2deg(2 * np.arcsin(yaw)).min() < -10
    assert clip.motion.column("jawOpen").max() > 0.3
    assert clip.motion.column("eyeBlinkLeft").max() > 0.8


def test_a_face_tracker_sees_the_truth(clip):
    mediapipe = pytest.importorskip("mediapipe")
    import weights

    try:
        model = weights.read_bytes("face-landmarker")
    except weights.WeightsError as error:
        pytest.skip(str(error))
    vision = mediapipe.tasks.vision
    options = vision.FaceLandmarkerOptions(
        base_options=mediapipe.tasks.BaseOptions(model_asset_buffer=model),
        running_mode=vision.RunningMode.VIDEO,
        output_face_blendshapes=True,
    )
    seen = []
    with vision.FaceLandmarker.create_from_options(options) as tracker:
        for index, frame in enumerate(read_frames(clip.path)):
            image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=frame)
            result = tracker.detect_for_video(image, index * 40)
            assert len(result.face_landmarks) == 1
            scores = {c.category_name: c.score for c in result.face_blendshapes[0]}
            seen.append([scores["eyeBlinkLeft"], scores["mouthSmileLeft"]])
    truth = np.stack([clip.motion.column(n) for n in ("eyeBlinkLeft", "mouthSmileLeft")], axis=1)
    for column in range(2):
        assert np.corrcoef(np.array(seen)[:, column], truth[:, column])[0, 1] > 0.7
