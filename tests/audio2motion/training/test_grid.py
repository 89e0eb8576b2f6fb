"""On the corpus itself, which is not part of the repository."""

import csv
from pathlib import Path

import numpy as np
import pytest

from audio2motion.corpus import CHANNELS
from audio2motion.phonetics import SOUNDS
from audio2motion.training import articulation_fit, grid
from capture.audio import AudioClip

GRID = Path(__file__).resolve().parents[4] / "shared" / "data" / "grid_s1"
CLIPS = 12

pytestmark = pytest.mark.skipif(not GRID.exists(), reason="the GRID corpus is not here")


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """A corpus of the first twelve clips."""
    folder = tmp_path_factory.mktemp("grid")
    with np.load(GRID / "curves.npz") as arrays:
        whole = {name: arrays[name] for name in arrays.files}
    count = len(whole["clip"])
    cut = {k: v[:CLIPS] if len(v) == count else v for k, v in whole.items()}
    np.savez(folder / "curves.npz", **cut)
    audio = AudioClip.read(GRID / "audio_00.flac", sample_rate=16000).samples[: CLIPS * 48000]
    import soundfile

    soundfile.write(folder / "audio_00.flac", audio, 16000)
    names = set(cut["clip"].tolist())
    with (GRID / "words.csv").open() as source, (folder / "words.csv").open("w") as target:
        rows = csv.DictReader(source)
        writer = csv.DictWriter(target, rows.fieldnames)
        writer.writeheader()
        writer.writerows(row for row in rows if row["clip"] in names)
    return grid.read_grid(folder, folder / "alignment.json")


def test_words_are_aligned_where_they_are_known_to_be(clips):
    aligned = [clip for clip in clips if clip.segments]
    assert len(aligned) >= 0.6 * len(clips)
    with (GRID / "words.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["clip"] == aligned[0].name]
    spoken = [row for row in rows if row["word"] != "sil"]
    assert aligned[0].segments[0].stop_s == pytest.approx(float(spoken[0]["start_s"]), abs=0.08)
    for clip in aligned:
        assert {segment.sound for segment in clip.segments} <= set(SOUNDS)


def test_lips_are_closed_in_p_and_b_and_open_in_vowels(clips):
    gaps = {"closed": [], "open": []}
    for clip in clips:
        for segment in clip.segments:
            part = clip.geometry[round(100 * segment.start_s) : round(100 * segment.stop_s), 0]
            if len(part) and segment.sound in ("P", "B"):
                gaps["closed"].append(part.min())
            elif len(part) and segment.sound in ("AY", "EY", "EH"):
                gaps["open"].append(part.max())
    assert np.median(gaps["closed"]) < 0.25 * np.median(gaps["open"])


def test_motion_lasts_as_long_as_sound_at_a_hundred_frames_a_second(clips):
    for clip in clips:
        assert clip.curves.shape == (len(clip.samples) // 160, len(CHANNELS))
        assert clip.geometry.shape == (len(clip.samples) // 160, len(grid.GEOMETRY))


def test_fitting_follows_the_talker_better_than_the_mean_mouth(clips, monkeypatch):
    monkeypatch.setattr(articulation_fit, "PASSES", 6)
    monkeypatch.setattr(articulation_fit, "BORROWED", {})  # twelve clips lack their sources
    model = articulation_fit.fit(clips)
    predicted, real = articulation_fit.predict_held_out(model, clips)
    gap = model.columns.index("gap")
    r = [np.corrcoef(a[:, gap], b[:, gap])[0, 1] for a, b in zip(predicted, real, strict=True)]
    assert np.mean(r) > 0.4
