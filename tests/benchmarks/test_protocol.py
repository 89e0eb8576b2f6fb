import numpy as np
import pytest

from benchmarks import trials
from benchmarks.clips import find_clips
from benchmarks.reenact import measure
from benchmarks.rows import ENGINE, SIMILARITY, STILL, Row
from benchmarks.trials import Options, Trial


@pytest.mark.slow
@pytest.mark.weights
def test_the_protocol_runs_from_a_clip_to_figures_and_sheets(tiny_clip, tmp_path):
    (clip,) = find_clips(tiny_clip(frames=40, size=256, seed=0), synthetic=True)
    sheets = (tmp_path / "all", tmp_path / "open")
    entry = measure(clip, Options((Row(ENGINE),), stride=4, size=256), sheets=sheets)
    assert (entry["enrolment_frames"], entry["test_frames"]) == (28, 12)
    assert entry["sampled_frames"] == 3
    rows = entry["rows"]
    assert list(rows) == [STILL, SIMILARITY, ENGINE]
    assert rows[ENGINE]["akd"] < rows[STILL]["akd"]
    assert rows[ENGINE]["identity"] < 0.6
    assert 0.3 < rows[ENGINE]["sharpness"] < 3
    assert not np.isnan(rows[ENGINE]["change"])
    assert not entry["placement"]
    for folder in sheets:
        assert len(list(folder.glob("reenact-*.jpg"))) == 4


@pytest.mark.slow
@pytest.mark.weights
def test_somebody_else_drives_and_the_clip_is_placed_as_a_whole(tiny_clip):
    own = tiny_clip(frames=40, size=256, seed=6)
    other = tiny_clip(frames=25, size=256, seed=0)
    trial = Trial("pair", own, other, own, motion="relative", other_person=True)
    entry = trials.run(trial, Options((Row(ENGINE),), stride=8, size=256))
    assert set(entry["placement"]) == {STILL, ENGINE}
    assert entry["placement"][ENGINE]["unplaced"] > entry["rows"][ENGINE]["akd"]
    assert entry["truth"]["driver"] > entry["truth"]["own_frames"]
    assert entry["rows"][ENGINE]["driver"] > entry["rows"][ENGINE]["own_frames"]
