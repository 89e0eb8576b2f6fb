import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from capture.arkit import ARKIT_52
from capture.video import read_frames
from synthetic.camera import Camera
from synthetic.sets import cross, talking
from synthetic.sets.capture import PITCH_DEGREES, YAW_DEGREES, cameras
from synthetic.sets.capture import plan as plan_capture
from synthetic.sets.cast import draw_cast
from synthetic.sets.clips import FPS
from synthetic.sets.driving import plan as plan_driving
from synthetic.sets.items import make_item
from synthetic.sets.options import Options
from synthetic.sets.studio import Look, Studio
from synthetic.sets.truth import blinks, gaze_degrees

LOOK = Look(size=64, samples=1)


@pytest.fixture(scope="module")
def studio():
    return Studio()


@pytest.fixture(scope="module")
def clips(tmp_path_factory, studio):
    """One driving clip, made twice."""
    (item,) = plan_driving(Options(seed=2, seconds=0.32, look=LOOK))
    folders = [tmp_path_factory.mktemp("clip") for _ in range(2)]
    for folder in folders:
        make_item(item, folder, studio)
    return [folder / item.name for folder in folders]


def test_the_same_command_gives_the_same_truth_and_pixels(clips):
    one, two = clips
    for name in ("truth.json", "truth.npz", "person.json", "item.json"):
        assert (one / name).read_bytes() == (two / name).read_bytes()
    for a, b in zip(*(read_frames(clip / "video.mp4") for clip in clips), strict=True):
        assert np.array_equal(a, b)


def test_the_truth_alone_tells_where_landmarks_are(clips):
    truth = json.loads((clips[0] / "truth.json").read_text())
    arrays = np.load(clips[0] / "truth.npz")
    intrinsics, extrinsics = (
        np.array(truth["camera"][name]) for name in ("intrinsics", "world_to_camera")
    )
    assert np.allclose(np.linalg.det(extrinsics[:3, :3]), 1)
    for frame in range(truth["frames"]):
        values = [truth["coefficients"].get(name, [0] * 99)[frame] for name in ARKIT_52]
        points = arrays["landmark_rest"] + np.tensordot(values, arrays["landmark_actions"], axes=1)
        turn = Rotation.from_quat(truth["head_rotation_xyzw"][frame])
        seen = turn.apply(points) + truth["head_translation_m"][frame]
        flat = (seen * [1, -1, -1]) @ intrinsics.T
        error = flat[:, :2] / flat[:, 2:] - arrays["landmarks_px"][frame, :, :2]
        assert np.abs(error).max() < 0.1


def test_frames_are_as_many_as_the_truth_says(clips):
    truth = json.loads((clips[0] / "truth.json").read_text())
    assert sum(1 for _ in read_frames(clips[0] / "video.mp4")) == truth["frames"] == 8


def test_the_same_motion_is_given_to_all_people_frame_for_frame(monkeypatch, studio, tmp_path):
    filmed = {}

    def kept(take, folder, studio, look, **more):
        filmed[folder.name] = take

    monkeypatch.setattr(cross, "film", kept)
    monkeypatch.setattr(cross, "draw_text", lambda rng, count: "")
    items = cross.plan(Options(seed=1, people=2, clips=1, seconds=1.0, look=LOOK))
    for item in items:
        item.make(tmp_path / item.name, studio)
    one, two = filmed["p000_m00"], filmed["p001_m00"]
    assert np.array_equal(one.performance.coefficients, two.performance.coefficients)
    assert np.array_equal(one.performance.rotation, two.performance.rotation)
    assert one.shot.scene.camera == two.shot.scene.camera
    assert one.shot.scene.lights != two.shot.scene.lights
    assert one.person != two.person
    (pair, back) = cross.pairs(items)
    assert pair == {
        "motion": "m00", "driving": "p000_m00", "reference": "p001_reference", "truth": "p001_m00",
    }  # fmt: skip
    assert back["driving"] == "p001_m00"


def test_a_talking_clip_has_speech_whose_lips_follow_its_phones():
    pytest.importorskip("hibari")
    utterance = talking.speak("Bob popped a big blue bubble.", seed=1).later(0.4)
    performance = talking.talk(utterance, np.random.default_rng(0))
    jaw = performance.coefficients[:, ARKIT_52.index("jawOpen")]
    shut = performance.coefficients[:, ARKIT_52.index("mouthClose")]
    times = [(p.start_s + p.stop_s) / 2 for p in utterance.phones if p.symbol in tuple("pbm")]
    assert np.interp(times, np.arange(len(jaw)) / float(FPS), jaw - shut).max() < 0.12
    assert jaw.max() > 0.15
    assert len(performance) / float(FPS) >= utterance.audio.duration


def test_cameras_of_a_capture_set_stand_all_around():
    placed = cameras(24, Camera(), np.random.default_rng(0))
    yaw, pitch = (
        np.array([getattr(c, f"{name}_degrees") for c in placed]) for name in ("yaw", "pitch")
    )
    assert yaw[0] == pitch[0] == 0
    assert np.abs(yaw).max() <= YAW_DEGREES
    assert pitch.min() >= PITCH_DEGREES[0] and pitch.max() <= PITCH_DEGREES[1]
    assert np.histogram(yaw, 4, (-YAW_DEGREES, YAW_DEGREES))[0].min() >= 4


def test_too_few_stills_are_refused():
    with pytest.raises(ValueError, match="8 to 40"):
        plan_capture(Options(stills=3))


def test_a_longer_cast_begins_with_a_shorter_one():
    short, long = draw_cast(4, 2), draw_cast(4, 3)
    assert long[:2] == short
    assert len({person.name for person in long}) == 3


def test_gaze_is_told_in_degrees_to_the_subjects_left_and_down():
    coefficients = np.zeros((1, 52), np.float32)
    coefficients[0, ARKIT_52.index("eyeLookOutLeft")] = 0.5
    coefficients[0, ARKIT_52.index("eyeLookInRight")] = 0.5
    coefficients[0, ARKIT_52.index("eyeLookDownLeft")] = 0.5
    left, right = gaze_degrees(coefficients)
    assert left[0, 0] > 5 and right[0, 0] > 5
    assert left[0, 1] > 3 and abs(right[0, 1]) < 1e-6


def test_blinks_are_listed_once_each(studio):
    performance = talking.Score(50, FPS)
    performance.blink(0.5)
    performance.blink(1.4)
    found = blinks(performance.finish())
    assert len(found) == 2
    assert found[0]["start_s"] < 0.5 < found[0]["stop_s"]


def test_a_film_that_cannot_be_written_names_the_file(studio, tmp_path):
    from capture.errors import MediaError

    (item,) = plan_driving(Options(seed=2, seconds=0.08, look=LOOK))
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(MediaError, match="file"):
        make_item(replace(item, name="x"), blocked, studio)
