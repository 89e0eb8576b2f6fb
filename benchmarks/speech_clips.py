"""Real talkers: their lips against those that their sound makes, network and simpler ways alike.

Wild clips carry sound offsets of their own. Each is estimated with the ridge regression, which the
network has no part in, and taken out before anything is scored.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audio2motion import predict
from audio2motion.front_end import FrontEnd, SoundFrames
from audio2motion.network import LipFrames, load_lip_network
from audio2motion.opening import Opening
from audio2motion.training import ladder
from audio2motion.training.batches import Shard
from benchmarks.speech_motion import (
    LipCurves,
    best_lag,
    blink_figures,
    head_figures,
    motion_lips,
    network_lips,
    tracked_lips,
    tracked_motion,
)
from capture.arkit import ARKIT_INDEX
from capture.audio import AudioClip
from capture.track import FaceTrack
from capture.tracking import track_video
from capture.video import probe

LARGEST_OFFSET_S = 0.3
AFTER_OFFSET_S = 0.1
"""Lag that is still searched once a clip's own offset is taken out."""
LIDS = [ARKIT_INDEX[name] for name in ("eyeBlinkLeft", "eyeBlinkRight")]
CURVES = ("gap", "jawOpen", "width")
METHODS = ("energy", "rules", "ridge", "network", "motion")


@dataclass(frozen=True, slots=True, eq=False)
class RealClip:
    """A clip with everything that is compared."""

    name: str
    audio: AudioClip
    track: FaceTrack
    real: LipCurves
    made: dict[str, LipCurves]
    """By method."""
    lips: LipFrames


def read_clip(path: Path, ridge: ladder.Ridge) -> RealClip:
    """Track a clip and predict it from its sound in every way."""
    track = track_video(path)
    audio = AudioClip.read(path)
    samples = audio.resampled(16_000).samples
    front = FrontEnd(Opening.of(samples))
    inputs = SoundFrames.joined([front.push(samples), front.finish()]).inputs
    lips = load_lip_network().run(inputs)
    times = np.arange(len(inputs)) / 100
    straight = dict(zip(ladder.SHAPES, ridge.lips(inputs).T, strict=True))
    made = {
        "energy": _one(times, ladder.energy(inputs)),
        "rules": _one(times, ladder.rules(inputs)),
        "ridge": LipCurves(times, straight),
        "network": network_lips(lips),
        "motion": motion_lips(predict(audio, fps=probe(path).fps)),
    }
    return RealClip(path.stem, audio, track, tracked_lips(track), made, lips)


def _one(times: NDArray[np.float64], curve: NDArray[np.float32]) -> LipCurves:
    return LipCurves(times, dict.fromkeys(CURVES, curve))


def compare(clip: RealClip, *, own_offset: bool) -> dict[str, Any]:
    """r, lag and spread of every method; `own_offset` if the clip's sound may be out of step."""
    offset = 0.0
    real = clip.real
    if own_offset:
        offset = _lag(clip.made["ridge"], real, "gap", LARGEST_OFFSET_S)[1]
        real = LipCurves(real.times + offset, real.curves)
    entry: dict[str, Any] = {
        "clip": clip.name,
        "seconds": round(clip.audio.duration, 2),
        "offset": offset,
    }
    for method in METHODS:
        made = clip.made[method]
        found = {}
        for name in CURVES:
            r, lag = _lag(made, real, name, AFTER_OFFSET_S)
            shown = np.interp(real.times, made.times, made.curves[name])
            spread = float(shown.std() / real.curves[name].std())
            found[name] = {"r": r, "lag": lag, "spread": spread}
        entry[method] = found
    return entry


def _lag(made: LipCurves, real: LipCurves, name: str, largest_s: float) -> tuple[float, float]:
    curve, truth = made.curves[name], real.curves[name]
    return best_lag(curve, made.times, truth, real.times, largest_s=largest_s)


def head_and_lids(clip: RealClip, path: Path) -> dict[str, Any]:
    """Blinks and head of a real talker."""
    fps = probe(path).fps
    return {
        "seconds": clip.audio.duration,
        "blinks": blink_figures(clip.track.blendshapes[:, LIDS].mean(axis=1), fps),
        "head": head_figures(tracked_motion(clip.track, fps)),
    }


def fit_ridge(shard: Path) -> ladder.Ridge:
    """The ridge regression on the real talker's shard, every tenth clip left out."""
    from audio2motion.training.batches import to_train_on

    return ladder.Ridge.fit(to_train_on([Shard.read(shard)]))
