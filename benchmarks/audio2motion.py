"""Protocol P3 on motion alone: does speech move lips, lids and head as real people do?

`python -m benchmarks.audio2motion --talker SHARD -o docs/benchmarks` tracks the talking clips with
MediaPipe, predicts motion from their sound and compares, simpler ways alike; measures recognition
and lip contacts on synthetic voices with exact phone times (of those programs that are installed);
blinks and head over the speech files; speed and memory on long recordings, and how far a live
stream is from the same recording in one piece. No weight was fitted on any of the clips.
"""

import resource
import time
from pathlib import Path
from typing import Any

import click
import numpy as np

from audio2motion import Stream, predict
from audio2motion.network import load_lip_network
from audio2motion.opening import DEFAULT_OPENING, Opening
from benchmarks import speech_clips, speech_curves, speech_voices
from benchmarks.audio2motion_page import page
from benchmarks.report import PACKAGES, machine, versions, write_json, write_page
from benchmarks.speech_motion import (
    blink_figures,
    head_figures,
    longest_open_silence,
    motion_lips,
    pearson,
)
from capture.audio import AudioClip
from capture.motion import MotionSequence

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
UNSEEN_TALKERS = "LipNet__*"
SAME_TALKER = "bbaf2n"  # of the training: not a test
WILD = ("FACEGOOD*", "LatentSync*", "video-retalking*")
CHUNK, FINE_CHUNK = 320, 16
"""Samples of 20 ms and of 1 ms at 16 kHz."""
DELAY_OF_S = 4


def ordinary_motion(folder: Path) -> dict[str, Any]:
    """Blinks and head of predicted motion over the speech files, looped to a minute each."""
    blinks, heads, silences = [], [], []
    for seed, path in enumerate(sorted(folder.glob("*.wav"))):
        clip = AudioClip.read(path)
        loops = int(np.ceil(60 / clip.duration))
        motion = predict(AudioClip(np.tile(clip.samples, loops), clip.sample_rate), seed=seed)
        blinks.append(blink_figures(motion.column("eyeBlinkLeft"), motion.fps))
        heads.append(head_figures(motion))
        activity = speech_voices.hear(clip.resampled(16_000).samples).activity
        silences.append(longest_open_silence(predict(clip), activity))
    figures: dict[str, Any] = {"blinks": _medians(blinks), "head": _medians(heads)}
    return figures | {"open_in_silence_ms": sorted(silences)}


def real_motion(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """Medians over the tracked clips of at least 4 seconds."""
    long = [one for one in entries if one["seconds"] >= 4]
    return {key: _medians([one[key] for one in long]) for key in ("blinks", "head")}


def _medians(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """Median over recordings of every figure."""
    return {key: np.nanmedian([one[key] for one in entries], axis=0).tolist() for key in entries[0]}


def speed(folder: Path) -> list[dict[str, Any]]:
    """Seconds and growth of memory for longer and longer recordings."""
    clip = AudioClip.read(sorted(folder.glob("*.wav"))[0])
    predict(clip)  # whatever is loaded once
    rows = []
    for seconds in (20, 120, 600):
        loops = int(np.ceil(seconds / clip.duration))
        samples = np.tile(clip.samples, loops)[: seconds * clip.sample_rate]
        start = time.perf_counter()
        predict(AudioClip(samples, clip.sample_rate))
        spent = time.perf_counter() - start
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        rows.append({"seconds": seconds, "real_time": spent / seconds, "peak_mb": peak_mb})
    return rows


def streaming(folder: Path) -> list[dict[str, Any]]:
    """A live stream in pieces of 20 ms against the same recording in one piece."""
    rows = []
    for path in sorted(folder.glob("*.wav")):
        samples = AudioClip.read(path).resampled(16_000).samples
        whole = predict(AudioClip(samples, 16_000))
        same, _ = streamed(samples, Opening.of(samples), CHUNK)
        live, _ = streamed(samples, DEFAULT_OPENING, CHUNK)
        _, late = streamed(samples[: DELAY_OF_S * 16_000], DEFAULT_OPENING, FINE_CHUNK)
        difference = np.abs(same.blendshapes - whole.blendshapes)[:, _mouth(whole)].max()
        gap, live_gap = (motion_lips(one).curves["gap"] for one in (whole, live))
        rows.append(
            {
                "recording": path.stem,
                "same_opening": float(difference),
                "live_gap": pearson(gap, live_gap),
                "delay_s": late,
            }
        )
    return rows


def streamed(samples: np.ndarray, opening: Opening, chunk: int) -> tuple[MotionSequence, float]:
    """Motion of a stream fed with so many samples at a time, and how late its latest frame came."""
    stream = Stream(opening=opening)
    pieces, frames, late = [], 0, 0.0
    for start in range(0, len(samples), chunk):
        piece = stream.push(samples[start : start + chunk])
        if piece is not None:
            pieces.append(piece.blendshapes)
            late = max(late, min(start + chunk, len(samples)) / 16_000 - frames / float(piece.fps))
            frames += len(piece)
            last = piece
    ending = stream.finish()
    if ending is not None:
        pieces.append(ending.blendshapes)
        last = ending
    blendshapes = np.concatenate(pieces)
    still = np.tile(np.array([0, 0, 0, 1], np.float32), (len(blendshapes), 1))
    nowhere = np.zeros((len(blendshapes), 3), np.float32)
    return MotionSequence(last.fps, blendshapes, still, nowhere, last.names), late


def _mouth(motion: MotionSequence) -> list[int]:
    return [motion.names.index(name) for name in load_lip_network().channels]


@click.command()
@click.option("--clips", default=DATA / "clips", type=click.Path(exists=True, path_type=Path))
@click.option("--speech", default=DATA / "speech", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--talker",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Shard of the real talker as recorded, for the ridge regression.",
)
@click.option(
    "-o",
    "--out",
    default=ROOT / "docs" / "benchmarks",
    type=click.Path(file_okay=False, path_type=Path),
)
def main(clips: Path, speech: Path, talker: Path, out: Path) -> None:
    """Measure and write audio2motion.json and audio2motion.md."""
    talkers = [p for p in sorted(clips.glob(UNSEEN_TALKERS)) if SAME_TALKER not in p.name]
    wild = [p for pattern in WILD for p in sorted(clips.glob(pattern))]
    document: dict[str, Any] = {
        "machine": machine(),
        "versions": versions((*PACKAGES, "onnxruntime")),
        "provider": load_lip_network().provider,
    }
    document["speed"] = speed(speech)
    ridge = speech_clips.fit_ridge(talker)
    seen = {path: speech_clips.read_clip(path, ridge) for path in (*talkers, *wild)}
    document["unseen"] = [speech_clips.compare(seen[path], own_offset=False) for path in talkers]
    document["wild"] = [speech_clips.compare(seen[path], own_offset=True) for path in wild]
    groups = [speech_voices.measure_group(group) for group in speech_voices.groups()]
    document["voices"] = [group for group in groups if group is not None]
    document["predicted_motion"] = ordinary_motion(speech)
    faces = [speech_clips.head_and_lids(clip, path) for path, clip in seen.items()]
    document["real_motion"] = real_motion(faces)
    document["streaming"] = streaming(speech)
    offsets = {entry["clip"]: entry["offset"] for entry in document["wild"]}
    images = out.parent / "images"
    speech_curves.draw(images / "speech-lips.png", list(seen.values()), offsets)
    speech_curves.draw_sounds(images / "speech-sounds.png", seen[talkers[-1]])
    write_json(out / "audio2motion.json", document)
    write_page(out / "audio2motion.md", page(document))


if __name__ == "__main__":
    main()
