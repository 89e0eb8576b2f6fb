import numpy as np

from audio2motion.training.takes import SILENCE, load_takes, save_takes, take_from_audio
from capture.audio import AudioClip


def take(segments, *, seconds=1.0, rate=16000, text="eins"):
    samples = np.sin(np.arange(round(seconds * rate)) * 0.05).astype(np.float32)
    return take_from_audio(
        AudioClip(samples, rate),
        segments,
        engine="espeak",
        voice="de",
        language="de",
        notation="ipa",
        text=text,
    )


def test_phones_fill_the_sound_from_beginning_to_end():
    found = take([(SILENCE, 0.2), ("a", 0.5), ("s", 0.9)])
    assert found.phones == (SILENCE, "a", "s", SILENCE)
    assert found.bounds.tolist() == [0.0, 0.2, 0.5, 0.9, 1.0]


def test_times_stay_when_the_rate_changes_and_never_run_past_the_end():
    found = take([("a", 0.5), ("s", 1.4)], rate=22050)
    assert abs(len(found.samples) - 16000) <= 1
    assert found.bounds[1] == 0.5
    assert found.bounds[-1] <= found.duration_s


def test_takes_come_back_as_they_were_written(tmp_path):
    written = [take([("a", 0.5), ("œ̃", 1.0)], text="ä"), take([("b", 0.3)], seconds=0.4)]
    save_takes(tmp_path / "x.npz", written)
    assert [p.name for p in tmp_path.iterdir()] == ["x.npz"]
    for before, after in zip(written, load_takes(tmp_path / "x.npz"), strict=True):
        assert after.phones == before.phones
        assert after.text == before.text
        np.testing.assert_allclose(after.bounds, before.bounds)
        np.testing.assert_allclose(after.samples, before.samples, atol=1e-4)
