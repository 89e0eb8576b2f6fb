import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from benchmarks import synthetic_coefficients, synthetic_faces, synthetic_page, synthetic_truth
from benchmarks.report import machine, write_json
from benchmarks.synthetic_alignment import align
from benchmarks.synthetic_coefficients import GESTURES, Seen, correlation
from benchmarks.synthetic_events import events, spectrum_db, step_in
from benchmarks.synthetic_faces import Sighting
from benchmarks.synthetic_markers import bare, find_markers
from benchmarks.synthetic_speech import (
    Labelled,
    aligned_differences,
    labelled,
    spoiled,
    summary,
)
from capture.arkit import ARKIT_52, ARKIT_INDEX
from capture.audio import AudioClip
from synthetic.bust import load_bust
from synthetic.drawing import draw_person
from synthetic.figure import Detail, build_figure
from synthetic.posing import NEUTRAL, pose_figure
from synthetic.render import Scene
from synthetic.scenes import draw_shot
from synthetic.sets import truth
from synthetic.sets.training import scattered

ROOT = Path(__file__).resolve().parents[2]
QUICK = Detail(levels=0, hairs=60, occlusion_directions=8, chart_texel_m=0.004)


@pytest.fixture(scope="module")
def figure():
    bust = load_bust()
    return build_figure(bare(draw_person(4, bust)), bust, QUICK)


def test_the_files_of_truth_alone_lead_to_the_pixels_of_the_picture(figure, tmp_path):
    rng = np.random.default_rng(1)
    shot, performance = draw_shot(rng), scattered(rng, 1)
    reader, track = synthetic_truth.reread(figure, shot, performance, 256, tmp_path)
    rows = figure.on_skin(truth.landmark_vertices(figure.bust))
    found = find_markers(
        figure, pose_figure(figure, performance.pose(0)), shot.scene, rows, size=256
    )
    assert len(found.chosen) > 5
    claimed = reader.landmarks_px(0)
    distance = np.hypot(*(found.centres_px - claimed[found.chosen]).T)
    assert distance.max() < 0.5
    assert np.abs(claimed - track[0, :, :2]).max() < 0.05


def test_a_wrong_head_pose_in_the_files_is_noticed(figure, tmp_path):
    rng = np.random.default_rng(1)
    shot, performance = draw_shot(rng), scattered(rng, 1)
    reader, track = synthetic_truth.reread(figure, shot, performance, 256, tmp_path)
    reader.document["head_translation_m"][0][0] += 0.002
    assert np.abs(reader.landmarks_px(0) - track[0, :, :2]).max() > 0.5


def test_markers_are_found_where_the_vertices_are(figure):
    posed, scene = pose_figure(figure, NEUTRAL), Scene()
    rows = figure.on_skin(truth.landmark_vertices(figure.bust))
    found = find_markers(figure, posed, scene, rows, size=256)
    rotation, offset = scene.camera.to_camera()
    camera_points = posed.vertices[rows[found.chosen]] @ rotation.T + offset
    wanted = scene.camera.project(camera_points, 256, 256)[:, :2]
    assert np.hypot(*(found.centres_px - wanted).T).max() < 0.5


def covered(figure, posed, place):
    """The figure with a triangle in front of one side of a place."""
    start = len(posed.vertices)
    corners = place + np.array([[0, 0.01, 0.0025], [0, -0.01, 0.0025], [0.01, 0, 0.0025]])
    more = {
        "vertices": corners.astype(np.float32),
        "normals": np.tile(np.float32([0, 0, 1]), (3, 1)),
        "openness": np.ones(3, np.float32),
    }
    posed = replace(posed, **{k: np.concatenate([getattr(posed, k), v]) for k, v in more.items()})
    triangle = np.array([[start, start + 1, start + 2]], np.int32)
    return replace(
        figure,
        faces=np.concatenate([figure.faces, triangle]),
        kinds=np.append(figure.kinds, figure.kinds[:1]),
        material=np.concatenate([figure.material, figure.material[:3]]),
        lookup=np.concatenate([figure.lookup, figure.lookup[:3]]),
    ), posed


def test_a_marker_that_is_half_hidden_is_not_judged(figure):
    posed, scene = pose_figure(figure, NEUTRAL), Scene()
    rows = figure.on_skin(truth.landmark_vertices(figure.bust))
    row = rows[find_markers(figure, posed, scene, rows, size=256).chosen[:1]]
    assert len(find_markers(figure, posed, scene, row, size=256).chosen) == 1
    other, hidden = covered(figure, posed, posed.vertices[row[0]] + [0.0003, 0, 0])
    assert len(find_markers(other, hidden, scene, row, size=256).chosen) == 0


def test_gaze_that_is_told_is_gaze_that_is_rendered():
    assert max(synthetic_truth.gaze_errors(4, load_bust(), frames=2)) < 0.1


def seen(person, *, gain, offset):
    """Someone whose every gesture is reported as gain times the truth, after an offset."""
    levels = np.linspace(0, 1, 5)
    rows = []
    for names in GESTURES.values():
        for level in levels:
            row = np.zeros(len(ARKIT_52))
            row[[ARKIT_INDEX[name] for name in names]] = level
            rows.append(row)
    shown = np.array(rows)
    return Seen(person, "sweep", shown, offset + gain * shown)


def test_people_with_another_zero_do_not_spoil_the_pooled_correlation():
    people = [seen(0, gain=0.5, offset=0.0), seen(1, gain=0.5, offset=0.4)]
    acting = [Seen(one.person, part, one.truth, one.reported) for one in people
              for part in ("talk", "act", "drive")]  # fmt: skip
    figures = synthetic_coefficients.figures([*people, *acting])
    for gesture in figures["gestures"].values():
        assert gesture["pooled"] == pytest.approx(1.0)
        assert gesture["at_rest"] == pytest.approx(0.2)


def test_correlation_of_what_does_not_move_is_unknown_and_of_what_is_not_seen_zero():
    moving, still = np.linspace(0, 1, 9), np.full(9, 0.3)
    assert np.isnan(correlation(still, moving))
    assert correlation(moving, still) == 0.0
    assert correlation(moving, 1 - moving) == pytest.approx(-1)


def test_missed_faces_are_counted_and_named():
    found = [Sighting(1, 256, 5.0, "smile", True), Sighting(1, 256, -45.0, "kiss", False)]
    figures = synthetic_faces.detection_figures(found)
    assert figures["found"] == 0.5
    assert figures["by_yaw"]["30 to 45"] == 0.0
    assert figures["missed"][0]["expression"] == "kiss"


def test_identity_counts_pairs_that_are_apart_and_frames_that_are_alike():
    rng = np.random.default_rng(0)
    centres = np.zeros((3, 128), np.float32)
    centres[1, 0], centres[2, 1] = 0.3, 0.7
    near = [(c + rng.normal(0, 0.001, (3, 128))).astype(np.float32) for c in centres]
    for faces in near:
        faces[2, 2] += 0.45  # the turned head
    yaw = np.array([0.0, 10.0, 31.0])
    people = [
        synthetic_faces.Described(faces, yaw, faces[:2], faces[1:], faces[:2]) for faces in near
    ]
    figures = synthetic_faces.identity_figures(people, 3)
    assert figures["pairs_apart"] == pytest.approx(2 / 3)
    assert figures["frame_pairs_alike"] == pytest.approx(1 / 3)
    assert figures["alike_by_turn"] == {"0 to 20": 1.0, "20 to 35": 0.0, "35 to 60": None}
    assert figures["one_light"]["frame_pairs_alike"] == 1.0
    assert figures["in_a_room"]["frame_pairs_alike"] == 0.0
    assert figures["facing"]["frame_pairs_alike"] == 1.0


def silence_and_noise():
    """A hiss from 0.5 to 0.9 s in a quiet room."""
    rng = np.random.default_rng(0)
    sections = butter(4, 3500, "highpass", fs=16000, output="sos")
    hiss = sosfilt(sections, rng.normal(0, 0.1, 22400))
    hiss[:8000] = hiss[14400:] = 0
    return AudioClip((hiss + rng.normal(0, 0.001, 22400)).astype(np.float32), 16000)


def test_the_judge_hears_where_a_hiss_begins_and_ends():
    times = align(silence_and_noise(), ("SIL", "S", "SIL"))
    assert np.abs(times - [0.5, 0.9]).max() < 0.05


def test_labels_that_are_late_are_judged_late():
    audio = silence_and_noise()
    late = Labelled(audio, ("SIL", "S", "SIL"), np.array([0.55, 0.95]))
    assert summary(aligned_differences(late)["shown"])["late_ms"] == pytest.approx(50, abs=30)
    assert np.allclose(spoiled(late).times, [0.56, 0.96])


def test_a_sharp_change_is_heard_to_a_few_milliseconds():
    claimed = Labelled(silence_and_noise(), ("SIL", "S", "SIL"), np.array([0.52, 0.88]))
    found = events(claimed)
    assert [event.kind for event in found] == ["silence to hiss", "hiss to silence"]
    assert [event.late_s for event in found] == pytest.approx([0.02, -0.02], abs=0.006)


def test_where_nothing_changes_no_change_is_heard():
    levels = spectrum_db(silence_and_noise())
    assert step_in(levels[100:400]) is None
    assert step_in(levels[550:850]) is None


def test_silences_in_a_row_are_one():
    segments = [("", 0.0, 0.2), ("s", 0.2, 0.4), ("", 0.4, 0.5), ("", 0.5, 0.6)]
    speech = labelled(silence_and_noise(), segments, {"": "SIL", "s": "S"})
    assert speech.phones == ("SIL", "S", "SIL")
    assert speech.times.tolist() == [0.2, 0.4]


def test_the_page_leaves_out_what_was_not_measured(tmp_path):
    document = {
        "machine": machine(),
        "versions": {},
        "people": 2,
        "faces": synthetic_faces.detection_figures([Sighting(1, 256, 5.0, "smile", True)]),
    }
    write_json(tmp_path / "synthetic.json", document)
    text = "\n".join(synthetic_page.page(synthetic_page.read(tmp_path / "synthetic.json")))
    assert "## Faces found" in text
    assert "## Speed" not in text


def test_the_published_figures_are_complete():
    document = json.loads((ROOT / "docs" / "benchmarks" / "synthetic.json").read_text())
    assert {"faces", "identity", "coefficients", "truth", "speech"} <= set(document)
