"""Protocol P3 on motion alone: does speech move lips, lids and head as real people do?

`python -m benchmarks.audio2motion --clips DIR --speech DIR -o docs/benchmarks` tracks the talking
clips with MediaPipe, predicts motion from their sound and compares; measures closures on synthetic
voices with exact phone times (if `flite` is installed); blinks and head over the speech files;
speed and memory on long recordings. No weight was fitted on any of these recordings, but the
network's layout and the contact thresholds were chosen looking at them.
"""

import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from audio2motion import predict
from audio2motion.coarticulation import Sounds, hear
from audio2motion.prosody import analyse
from audio2motion.smoothing import smooth
from benchmarks.report import (
    describe_machine,
    machine,
    markdown_table,
    number,
    versions,
    write_json,
    write_page,
)
from benchmarks.speech_motion import (
    LipCurves,
    best_lag,
    blink_figures,
    closure_figures,
    flite_speech,
    head_figures,
    longest_open_silence,
    motion_lips,
    tracked_lips,
    tracked_motion,
)
from capture.arkit import ARKIT_INDEX
from capture.audio import AudioClip
from capture.tracking import track_video
from capture.video import probe

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
UNSEEN_TALKERS = "LipNet__*"
SAME_TALKER = "bbaf2n"  # of the fit: not a test
WILD = ("FACEGOOD*", "LatentSync*", "video-retalking*")
LIDS = [ARKIT_INDEX[name] for name in ("eyeBlinkLeft", "eyeBlinkRight")]
CURVES = ("gap", "jawOpen", "width")
# Hand-set jaw for each viseme, the classic recipe: sil PP FF TH DD kk CH SS RR aa E ih oh ou
RULE_JAW = np.array([0, 0, 0.07, 0.12, 0.12, 0.15, 0.15, 0.09, 0.18, 0.6, 0.42, 0.16, 0.42, 0.12])


def energy_baseline(sounds: Sounds, audio: AudioClip) -> NDArray[np.float32]:
    """(t,) loudness opens the mouth."""
    return analyse(audio.samples, sounds).level


def rule_baseline(sounds: Sounds, _: AudioClip) -> NDArray[np.float32]:
    """(t,) a hand-set jaw for each viseme, smoothed."""
    return smooth(sounds.visemes @ RULE_JAW, 0.08)


def compare(path: Path) -> dict[str, Any]:
    """One clip: real lips against those predicted from its sound."""
    fps = probe(path).fps
    track = track_video(path)
    real = tracked_lips(track)
    audio = AudioClip.read(path)
    motion = predict(audio, fps=fps)
    sounds = hear(audio.samples)
    predicted = motion_lips(motion)
    entry: dict[str, Any] = {"clip": path.stem, "seconds": round(audio.duration, 2)}
    for name in CURVES:
        r, lag = best_lag(predicted.curves[name], predicted.times, real.curves[name], real.times)
        spread = float(predicted.curves[name].std() / real.curves[name].std())
        entry |= {name: r, f"{name}_lag": lag, f"{name}_spread": spread}
    entry |= _baselines(sounds, audio, real)
    entry["real_blinks"] = blink_figures(track.blendshapes[:, LIDS].mean(axis=1), fps)
    entry["real_head"] = head_figures(tracked_motion(track, fps))
    return entry


def _baselines(sounds: Sounds, audio: AudioClip, real: LipCurves) -> dict[str, float]:
    methods: dict[str, Callable[[Sounds, AudioClip], NDArray[np.float32]]] = {
        "energy": energy_baseline,
        "rules": rule_baseline,
    }
    found = {}
    for name, method in methods.items():
        curve = method(sounds, audio)
        times = np.arange(len(curve)) / 100
        found[f"gap_{name}"] = best_lag(curve, times, real.curves["gap"], real.times)[0]
        found[f"jawOpen_{name}"] = best_lag(curve, times, real.curves["jawOpen"], real.times)[0]
    return found


def synthetic_voices() -> list[dict[str, Any]]:
    """Recognition and closures on voices whose phone times are exact."""
    by_voice: dict[str, list[dict[str, float]]] = {}
    for speech in flite_speech():
        sounds = hear(speech.audio.samples)
        truth = speech.frames(len(sounds.visemes))
        heard = sounds.visemes.argmax(axis=1)
        counts = closure_figures(speech, predict(speech.audio))
        accuracy = {"correct": float((heard == truth).mean())}
        by_voice.setdefault(speech.voice, []).append(counts | accuracy)
    rows: list[dict[str, Any]] = []
    for voice, results in by_voice.items():
        total = {key: sum(one[key] for one in results) for key in results[0]}
        rows.append(
            {
                "voice": voice,
                "frame_accuracy": total["correct"] / len(results),
                "closure_recall": total["closed"] / total["bilabials"],
                "false_closures": total["shut"] / total["vowels"],
                "bilabials": total["bilabials"],
            }
        )
    return rows


def ordinary_motion(folder: Path) -> dict[str, Any]:
    """Blinks and head of predicted motion over the speech files, looped to a minute each."""
    blinks, heads, silences = [], [], []
    for seed, path in enumerate(sorted(folder.glob("*.wav"))):
        clip = AudioClip.read(path)
        loops = int(np.ceil(60 / clip.duration))
        motion = predict(AudioClip(np.tile(clip.samples, loops), clip.sample_rate), seed=seed)
        blinks.append(blink_figures(motion.column("eyeBlinkLeft"), motion.fps))
        heads.append(head_figures(motion))
        activity = analyse(clip.samples, hear(clip.samples)).activity
        silences.append(longest_open_silence(predict(clip), activity))
    figures: dict[str, Any] = {"blinks": _medians(blinks), "head": _medians(heads)}
    return figures | {"open_in_silence_ms": sorted(silences)}


def _medians(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """Median over recordings of every figure."""
    return {key: np.nanmedian([one[key] for one in entries], axis=0).tolist() for key in entries[0]}


def speed(folder: Path) -> list[dict[str, Any]]:
    """Seconds and growth of memory for longer and longer recordings."""
    clip = AudioClip.read(sorted(folder.glob("*.wav"))[0])
    rows = []
    for seconds in (20, 120, 600):
        loops = int(np.ceil(seconds / clip.duration))
        samples = np.tile(clip.samples, loops)[: seconds * clip.sample_rate]
        audio = AudioClip(samples, clip.sample_rate)
        start = time.perf_counter()
        predict(audio)
        spent = time.perf_counter() - start
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        rows.append({"seconds": seconds, "real_time": spent / seconds, "peak_mb": peak_mb})
    return rows


def real_motion(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """Medians over the tracked clips of at least 4 seconds."""
    long = [one for one in entries if one["seconds"] >= 4]
    return {
        "blinks": _medians([one["real_blinks"] for one in long]),
        "head": _medians([one["real_head"] for one in long]),
    }


def page(document: dict[str, Any]) -> list[str]:
    """The Markdown report."""
    parts = ["# Speech to motion", __doc__.split("\n\n")[1].replace("\n", " ")]
    for title, key in (("Unseen GRID talkers", "unseen"), ("Wild clips", "wild")):
        parts += [f"## {title}", _lip_table(document[key])]
    parts.append(
        "r of lip gap, jawOpen and mouth width at the best lag within 200 ms (positive: the "
        "prediction is late), as the coefficients move the lips of the talker of the fit; "
        "spread = predicted over real standard deviation; energy and rules "
        "are the baselines' r of the gap: loudness, and a hand-set jaw for each viseme. Wild "
        "clips carry sound offsets of their own."
    )
    if document["voices"]:
        headers = ["voice", "frame accuracy", "p b m closed", "vowels closed", "p b m"]
        keys = ["voice", "frame_accuracy", "closure_recall", "false_closures", "bilabials"]
        rows = [[number(row[key], 3) for key in keys] for row in document["voices"]]
        parts += ["## Synthetic voices with exact phone times", markdown_table(headers, rows)]
    parts += ["## Head and lids", _motion_table(document)]
    silences = document["predicted_motion"]["open_in_silence_ms"]
    parts.append(
        "Real clips are short (medians of those of at least 4 s) and the tracker jitters. Longest "
        f"stretch with parted lips in silence: {silences[-1]:.0f} ms in the worst of "
        f"{len(silences)} recordings, median {float(np.median(silences)):.0f} ms."
    )
    rows = [[number(float(v), 3) for v in row.values()] for row in document["speed"]]
    headers = ["recording s", "time ÷ real time", "peak MB of the process"]
    parts += ["## Speed, one thread", markdown_table(headers, rows)]
    parts.append(describe_machine(document["machine"], document["versions"]))
    return parts


def _lip_table(entries: list[dict[str, Any]]) -> str:
    keys = ["gap", "jawOpen", "width", "gap_lag", "gap_spread", "jawOpen_spread", "width_spread"]
    keys += ["gap_energy", "gap_rules"]
    headers = ["clip", "gap", "jawOpen", "width", "lag s", "gap spread", "jaw spread"]
    headers += ["width spread", "energy", "rules"]
    rows = [[one["clip"], *(number(float(one[key])) for key in keys)] for one in entries]
    means = [number(float(np.mean([one[key] for one in entries]))) for key in keys]
    return markdown_table(headers, [*rows, ["**mean**", *means]])


def _motion_table(document: dict[str, Any]) -> str:
    rows = []
    for title, key in (("predicted", "predicted_motion"), ("real clips", "real_motion")):
        entry = document[key]
        head = [
            " / ".join(number(v, 1) for v in entry["head"][figure])
            for figure in ("spread", "speed", "speed_95")
        ]
        blinks = entry["blinks"]
        rows.append(
            [title, *(number(blinks[k], 2) for k in ("per_minute", "width_ms", "closure")), *head]
        )
    headers = ["", "blinks a minute", "width ms", "closure"]
    headers += ["head spread °", "speed °/s", "95 % °/s (pitch / yaw / roll)"]
    return markdown_table(headers, rows)


@click.command()
@click.option("--clips", default=DATA / "clips", type=click.Path(exists=True, path_type=Path))
@click.option("--speech", default=DATA / "speech", type=click.Path(exists=True, path_type=Path))
@click.option(
    "-o",
    "--out",
    default=ROOT / "docs" / "benchmarks",
    type=click.Path(file_okay=False, path_type=Path),
)
def main(clips: Path, speech: Path, out: Path) -> None:
    """Measure and write audio2motion.json and audio2motion.md."""
    talkers = [p for p in sorted(clips.glob(UNSEEN_TALKERS)) if SAME_TALKER not in p.name]
    wild = [p for pattern in WILD for p in sorted(clips.glob(pattern))]
    document: dict[str, Any] = {"machine": machine(), "versions": versions()}
    document["speed"] = speed(speech)
    document["unseen"] = [compare(path) for path in talkers]
    document["wild"] = [compare(path) for path in wild]
    document["voices"] = synthetic_voices()
    document["predicted_motion"] = ordinary_motion(speech)
    document["real_motion"] = real_motion([*document["unseen"], *document["wild"]])
    write_json(out / "audio2motion.json", document)
    write_page(out / "audio2motion.md", page(document))


if __name__ == "__main__":
    main()
