import pytest

from benchmarks.clips import find_clips
from benchmarks.reenact import ENGINE, SIMILARITY, STILL, Options, measure


@pytest.mark.slow
@pytest.mark.weights
def test_the_protocol_runs_from_a_clip_to_figures_and_sheets(tiny_clip, tmp_path):
    (clip,) = find_clips(tiny_clip(frames=40, size=256, seed=0), synthetic=True)
    options = Options(stride=4, size=256, sheets=tmp_path / "all", publish=tmp_path / "open")
    entry = measure(clip, options)
    assert (entry["enrolment_frames"], entry["test_frames"]) == (28, 12)
    assert entry["sampled_frames"] == 3
    rows = entry["rows"]
    assert list(rows) == [STILL, SIMILARITY, ENGINE]
    assert rows[ENGINE]["akd"] < rows[STILL]["akd"]
    assert rows[ENGINE]["identity"] < 0.6
    assert 0.3 < rows[ENGINE]["sharpness"] < 3
    for folder in (options.sheets, options.publish):
        assert len(list(folder.glob("*.jpg"))) == 4
