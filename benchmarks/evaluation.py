"""Comparing methods with the true frames, on the same frames in one pass."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from benchmarks import metrics
from benchmarks.baselines import similarity
from benchmarks.judges import Judge
from benchmarks.openings import follow
from benchmarks.placing import Placement
from capture.landmarks import FACE_OVAL, LANDMARK_COUNT, LEFT_EYE, LIPS, RIGHT_EYE

EYES = np.concatenate([RIGHT_EYE, LEFT_EYE])
OVAL_BAND_PX = 3
TRUTH = "truth"
DESCRIBED = 8
"""Of the sampled frames so many get descriptors, the slowest figure."""

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
    watched: frozenset[int]
    """Further frames in which the lids are looked at."""
    border: NDArray[np.bool_]
    """(h, w) the rim of the pasted square."""
    faces: NDArray[np.float64]
    """(n, 128) descriptors of enrolment frames."""
    places: Mapping[str, Placement] = field(default_factory=dict)
    """By method: where its face is moved before it is compared."""
    driver: NDArray[np.float64] | None = None
    """(128,) descriptor of somebody else who drives."""

    @property
    def described(self) -> frozenset[int]:
        """The sampled frames that get descriptors."""
        return frozenset(sorted(self.sampled)[:: max(-(-len(self.sampled) // DESCRIBED), 1)])


@dataclass(slots=True)
class Tally:
    """Running figures of one method on one clip."""

    values: dict[str, list[float]] = field(default_factory=dict)
    track: dict[int, Points] = field(default_factory=dict)
    """(478, 2) by frame, with the frame's own origin; NaN where no face was found."""

    def add(self, name: str, value: float) -> None:
        """Note one frame's figure."""
        self.values.setdefault(name, []).append(value)

    def mean(self, name: str) -> float:
        """Mean of a figure over its frames; NaN if there is none."""
        values = np.array(self.values.get(name, []), np.float64)
        known = values[~np.isnan(values)]
        return float(known.mean()) if known.size else float("nan")

    def tracked(self, frames: Iterable[int]) -> Points:
        """(t, 478, 2) landmarks of some frames that were looked at."""
        return np.stack([self.track[frame] for frame in frames])


class Evaluation:
    """Collects all figures of all methods, frame by frame."""

    def __init__(
        self,
        setting: Setting,
        methods: Mapping[str, Method],
        *,
        judge: Judge,
        matte: Callable[[Image], Image],
    ) -> None:
        """Start with nothing seen.

        Args:
            setting: What is measured where.
            methods: Comparisons that are computed from the true landmarks, by name.
            judge: Finds landmarks and describes faces.
            matte: From an (s, s, 3) picture to how much of each pixel is a person, 0 to 255.
        """
        self._setting, self._methods = setting, methods
        self._judge, self._matte = judge, matte
        self._tallies: dict[str, Tally] = {}
        self._before: Mapping[str, Image] = {}
        self._described = setting.described

    def add(self, index: int, frames: Mapping[str, Image]) -> None:
        """Look at a frame: the true one, under `TRUTH`, and what each engine made of it."""
        setting = self._setting
        in_row, sampled = index in setting.consecutive, index in setting.sampled
        if not (in_row or sampled or index in setting.watched):
            return
        if in_row or sampled:  # still eyes need not be watched
            still = {n: each.render(setting.landmarks[index]) for n, each in self._methods.items()}
            frames = {TRUTH: frames[TRUTH], **still, **frames}
        crops = {name: setting.crop.cut(frame, index) for name, frame in frames.items()}
        found = {name: self._judge.landmarks(crop) for name, crop in crops.items()}
        for name, points in found.items():
            known = np.full((LANDMARK_COUNT, 2), np.nan, np.float32) if points is None else points
            self._tally(name).track[index] = setting.crop.to_frame(known, index)
        if in_row:
            self._compare_changes(index, frames)
        if sampled and found[TRUTH] is not None:
            self._compare_pictures(index, frames, crops, found)
            if index in self._described:
                self._compare_people(crops, found)

    def _tally(self, name: str) -> Tally:
        return self._tallies.setdefault(name, Tally())

    def _compare_changes(self, index: int, frames: Mapping[str, Image]) -> None:
        """The change since the frame before, both cut at the same place."""
        if index - 1 in self._setting.consecutive:
            pairs = {
                name: tuple(
                    self._setting.crop.cut(each, index) for each in (self._before[name], frame)
                )
                for name, frame in frames.items()
            }
            truths = pairs[TRUTH]
            pairs[TRUTH] = tuple(metrics.as_jpeg(each) for each in truths)
            for name, images in pairs.items():
                self._tally(name).add("change", metrics.change_error(images, truths))
        self._before = frames

    def _compare_pictures(
        self,
        index: int,
        frames: Mapping[str, Image],
        crops: Mapping[str, Image],
        found: Mapping[str, Points | None],
    ) -> None:
        truth, true_points = crops[TRUTH], found[TRUTH]
        inside = metrics.face_mask(true_points)
        rim = metrics.oval_band(true_points[FACE_OVAL], OVAL_BAND_PX)
        regions = metrics.region_masks(true_points[FACE_OVAL], self._matte(truth))
        for name, crop in crops.items():
            tally, points = self._tally(name), found[name]
            tally.add("sharpness", metrics.sharpness(crop, inside))
            tally.add("rim", metrics.edge_strength(crop, rim))
            tally.add("seam", metrics.edge_strength(frames[name], self._setting.border))
            tally.add("no_face", float(points is None))
            if name == TRUTH:
                for region, mask in regions.items():
                    tally.add(f"share_{region}", float(mask.mean()))
                continue
            tally.add("l1", metrics.l1(crop, truth))
            for region, mask in regions.items():
                held = self._placed(name, frames[name], crop, index) if region == "face" else crop
                tally.add(f"l1_{region}", metrics.l1_in(held, truth, mask))
            tally.add("psnr", metrics.psnr(crop, truth))
            tally.add("ssim", metrics.ssim(crop, truth))
            if points is not None:
                held_points = self._placed_points(name, points, index)
                _compare_landmarks(tally, held_points, true_points)

    def _placed(self, name: str, frame: Image, crop: Image, index: int) -> Image:
        """The crop of a frame whose face is where the true one is."""
        place = self._setting.places.get(name)
        return crop if place is None else self._setting.crop.cut(place.place(frame), index)

    def _placed_points(self, name: str, points: Points, index: int) -> Points:
        """Landmarks in px of the crop, moved."""
        place, crop = self._setting.places.get(name), self._setting.crop
        if place is None:
            return points
        px = crop.side / metrics.CROP_PX
        corner = crop.corners[index].astype(np.float32)
        return (place.place_points(points * px + corner) - corner) / np.float32(px)

    def _compare_people(
        self, crops: Mapping[str, Image], found: Mapping[str, Points | None]
    ) -> None:
        described = {
            name: self._judge.descriptor(crop, found[name])
            for name, crop in crops.items()
            if found[name] is not None
        }
        faces, driver = self._setting.faces, self._setting.driver
        for name, face in described.items():
            tally = self._tally(name)
            tally.add("aed", _distance(face, described[TRUTH]))
            tally.add("identity", _distance(face, np.median(faces, axis=0)))
            tally.add("own_frames", float(np.linalg.norm(faces - face, axis=1).mean()))
            if driver is not None:
                tally.add("driver", _distance(face, driver))

    def rows(self) -> dict[str, dict[str, float]]:
        """For each method its figures by name; sharpness and its like relative to the truth.

        The row of `TRUTH` has its own distances to people, and the regions' shares.
        """
        truth = self._tallies[TRUTH]
        rows = {}
        order = (TRUTH, *self._methods)
        for name in (*order, *(each for each in self._tallies if each not in order)):
            tally = self._tallies[name]
            names = _OF_TRUTH if name == TRUTH else _PLAIN
            rows[name] = {figure: tally.mean(figure) for figure in names}
            if name != TRUTH:
                rows[name] |= self._relative(tally, truth)
        return rows

    def _relative(self, tally: Tally, truth: Tally) -> dict[str, float]:
        figures = {name: _ratio(tally.mean(name), truth.mean(name)) for name in _RATIOS}
        run = [frame for frame in self._setting.consecutive if frame in tally.track]
        figures["jitter"] = _ratio(
            metrics.roughness(tally.tracked(run)) if len(run) > 2 else float("nan"),
            metrics.roughness(truth.tracked(run)) if len(run) > 2 else float("nan"),
        )
        figures["no_face"] = float(np.sum(tally.values.get("no_face", [])))
        seen = sorted(tally.track)
        return figures | follow(truth.tracked(seen), tally.tracked(seen), seen)


_PLAIN = (
    *("l1", "l1_face", "l1_person", "l1_background", "psnr", "ssim"),
    *("akd", "akd_lips", "akd_eyes", "akd_shape", "aed", "identity", "own_frames", "driver"),
)
_OF_TRUTH = (
    *("identity", "own_frames", "driver"),
    *("share_face", "share_person", "share_background"),
)
_RATIOS = ("sharpness", "seam", "rim", "change")


def _compare_landmarks(tally: Tally, points: Points, truth: Points) -> None:
    for figure, part in (("akd", None), ("akd_lips", LIPS), ("akd_eyes", EYES)):
        tally.add(figure, metrics.landmark_distance(points, truth, part))
    motion = similarity(truth, points)
    placed = truth @ motion[:, :2].T + motion[:, 2]
    tally.add("akd_shape", metrics.landmark_distance(points, placed.astype(np.float32)))


def _distance(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    return float(np.linalg.norm(first - second))


def _ratio(value: float, truth: float) -> float:
    return value / truth if truth > 0 else float("nan")
