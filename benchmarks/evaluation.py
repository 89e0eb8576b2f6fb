"""Comparing methods with the true frames, on the same frames in one pass."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from benchmarks import metrics
from benchmarks.judges import Judge
from capture.landmarks import FACE_OVAL, LANDMARK_COUNT, LEFT_EYE, LIPS, RIGHT_EYE

EYES = np.concatenate([RIGHT_EYE, LEFT_EYE])
OVAL_BAND_PX = 3
TRUTH = "truth"

Image = NDArray[np.uint8]
Points = NDArray[np.float32]


class Method(Protocol):
    """Anything that shows a face at given landmarks."""

    def render(self, landmarks: Points) -> Image:
        """A full frame for (478, 2) driving landmarks in px of the frame."""


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """What is measured where. Glossary: t = frames of the test part."""

    crop: metrics.HeadCrop
    landmarks: Points
    """(t, 478, 2) px of the true frames, by the tracker."""
    valid: NDArray[np.bool_]
    """(t,) False where the tracker saw no face."""
    sampled: frozenset[int]
    """Frames for the figures that need one frame."""
    consecutive: range
    """Frames for the figures that need their neighbours."""
    border: NDArray[np.bool_]
    """(h, w) the rim of the pasted square."""
    identity: NDArray[np.float64]
    """(128,) median descriptor of the enrolment frames."""
    describe_every: int = 2
    """Of the sampled frames, every how many get a descriptor (the slowest figure)."""


@dataclass(slots=True)
class Tally:
    """Running figures of one method on one clip."""

    values: dict[str, list[float]] = field(default_factory=dict)
    track: list[Points] = field(default_factory=list)
    """One (478, 2) a consecutive frame, NaN where no face was found."""

    def add(self, name: str, value: float) -> None:
        """Note one frame's figure."""
        self.values.setdefault(name, []).append(value)

    def mean(self, name: str) -> float:
        """Mean of a figure over its frames; NaN if there is none."""
        values = np.array(self.values.get(name, []), np.float64)
        known = values[~np.isnan(values)]
        return float(known.mean()) if known.size else float("nan")


def evaluate(
    pairs: Iterable[tuple[Image, Image]],
    setting: Setting,
    methods: Mapping[str, Method],
    *,
    engine: str,
    judge: Judge,
) -> dict[str, dict[str, float]]:
    """All figures of all methods.

    Args:
        pairs: The true frame and the engine's, in order.
        setting: What is measured where.
        methods: The comparisons, by name.
        engine: The name for the engine's row.
        judge: Finds landmarks and describes faces.

    Returns:
        For each method its figures by name; sharpness, seam, rim of the face and jitter are
        relative to the truth.
    """
    tallies = {name: Tally() for name in (TRUTH, *methods, engine)}
    described = 0
    for index, (truth, output) in enumerate(pairs):
        sampled = index in setting.sampled
        if not sampled and index not in setting.consecutive:
            continue
        frames = {name: item.render(setting.landmarks[index]) for name, item in methods.items()}
        frames |= {TRUTH: truth, engine: output}
        crops = {name: setting.crop.cut(frame, index) for name, frame in frames.items()}
        found = {name: judge.landmarks(crop) for name, crop in crops.items()}
        if index in setting.consecutive:
            _note_tracks(tallies, found, setting.crop, index)
        if sampled and found[TRUTH] is not None:
            describe = described % setting.describe_every == 0
            described += 1
            _compare(tallies, frames, crops, found, setting, judge if describe else None)
    return {
        name: _summary(tally, tallies[TRUTH]) for name, tally in tallies.items() if name != TRUTH
    }


def _note_tracks(
    tallies: dict[str, Tally],
    found: Mapping[str, Points | None],
    crop: metrics.HeadCrop,
    index: int,
) -> None:
    for name, points in found.items():
        if points is None:
            points = np.full((LANDMARK_COUNT, 2), np.nan, np.float32)
        tallies[name].track.append(crop.to_frame(points, index))


def _compare(
    tallies: dict[str, Tally],
    frames: Mapping[str, Image],
    crops: Mapping[str, Image],
    found: Mapping[str, Points | None],
    setting: Setting,
    judge: Judge | None,
) -> None:
    """Note one sampled frame's figures for every method; descriptors if a judge is given."""
    truth, true_points = crops[TRUTH], found[TRUTH]
    inside = metrics.face_mask(true_points)
    rim = metrics.oval_band(true_points[FACE_OVAL], OVAL_BAND_PX)
    true_face = None if judge is None else judge.descriptor(truth, true_points)
    for name, crop in crops.items():
        tally, points = tallies[name], found[name]
        tally.add("sharpness", metrics.sharpness(crop, inside))
        tally.add("rim", metrics.edge_strength(crop, rim))
        tally.add("seam", metrics.edge_strength(frames[name], setting.border))
        tally.add("no_face", float(points is None))
        if name == TRUTH:
            continue
        tally.add("l1", metrics.l1(crop, truth))
        tally.add("psnr", metrics.psnr(crop, truth))
        tally.add("ssim", metrics.ssim(crop, truth))
        if points is None:
            continue
        for figure, part in (("akd", None), ("akd_lips", LIPS), ("akd_eyes", EYES)):
            tally.add(figure, metrics.landmark_distance(points, true_points, part))
        if judge is not None:
            face = judge.descriptor(crop, points)
            tally.add("aed", float(np.linalg.norm(face - true_face)))
            tally.add("identity", float(np.linalg.norm(face - setting.identity)))


_PLAIN = ("l1", "psnr", "ssim", "akd", "akd_lips", "akd_eyes", "aed", "identity")
_RELATIVE = ("sharpness", "seam", "rim")


def _summary(tally: Tally, truth: Tally) -> dict[str, float]:
    figures = {name: tally.mean(name) for name in _PLAIN}
    for name in _RELATIVE:
        figures[name] = _ratio(tally.mean(name), truth.mean(name))
    figures["jitter"] = _ratio(_roughness(tally), _roughness(truth))
    figures["no_face"] = float(np.sum(tally.values.get("no_face", [])))
    return figures


def _roughness(tally: Tally) -> float:
    return metrics.roughness(np.stack(tally.track)) if len(tally.track) > 2 else float("nan")


def _ratio(value: float, truth: float) -> float:
    return value / truth if truth > 0 else float("nan")
