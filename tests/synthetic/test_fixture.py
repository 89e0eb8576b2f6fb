from fractions import Fraction

import numpy as np
import pytest

from capture.tracking import follow_face
from capture.video import probe, read_frames
from synthetic.fixture import tiny_clip


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return tiny_clip(tmp_path_factory.mktemp("tiny") / "clip.mp4", frames=30, seed=3, tone=True)


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
    from capture.arkit import ARKIT_INDEX

    names = ("eyeBlinkLeft", "mouthSmileLeft")
    columns = [ARKIT_INDEX[name] for name in names]
    found = [seen for _, seen in follow_face(read_frames(clip.path))]
    assert all(seen is not None for seen in found)
    seen = np.stack([each.blendshapes[columns] for each in found])
    truth = np.stack([clip.motion.column(name) for name in names], axis=1)
    for column in range(2):
        assert np.corrcoef(seen[:, column], truth[:, column])[0, 1] > 0.7
