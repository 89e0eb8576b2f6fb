"""Folds and wrinkles of a face as height fields: lasting ones, and those that movements press."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthetic.paint_chart import FOLD_GROUPS, ChartGrid, slopes

Curve = NDArray[np.float64]
"""(n, 2) arc and height on the average face, m."""


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """A furrow along a curve, deepest in the middle."""

    curve: Curve
    depth_m: float
    """Of a face with all its wrinkles."""
    width_m: float
    """Standard deviation of its profile."""
    group: str = ""
    """Of `FOLD_GROUPS`: which movement deepens it."""
    onset: float = 0.0
    """Amount of wrinkles from which it stays without movement."""
    start: float = 0.0
    """Share of the depth at the first point of the curve; a tail tapers to nothing."""


def wrinkle_relief(
    grid: ChartGrid, wrinkles: float, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Relief of a face.

    Args:
        grid: Of the chart.
        wrinkles: 0 is a child's skin, 1 a very old one's.
        rng: For how each line wanders.

    Returns:
        (h, w) height in metres of what always shows, and (len(FOLD_GROUPS), h, w, 2) slopes that
        movements add.
    """
    folds = _folds(rng)
    still = np.zeros(grid.shape, np.float32)
    moving = np.zeros((len(FOLD_GROUPS), *grid.shape, 2), np.float32)
    for fold in folds:
        share = np.clip((wrinkles - fold.onset) / (1 - fold.onset), 0, 1) ** 0.9
        if share > 0.01:
            still += float(share) * _furrow(grid, fold)
    for index, group in enumerate(FOLD_GROUPS):
        height = np.zeros(grid.shape, np.float32)
        for fold in folds:
            if fold.group == group:
                height += (0.42 + 0.70 * wrinkles) * _furrow(grid, fold)
        moving[index] = slopes(height, grid.texel_m)
    return still + _bags(grid, wrinkles), moving


def crepe(grid: ChartGrid, wrinkles: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """(h, w) height in metres of the fine net of lines of thin, old skin."""
    import cv2

    if wrinkles < 0.25:
        return np.zeros(grid.shape, np.float32)
    noise = rng.normal(size=(2, *grid.shape)).astype(np.float32)
    fine, long = 0.0006 / grid.texel_m, 0.0045 / grid.texel_m
    net = cv2.GaussianBlur(noise[0], (0, 0), max(fine, 0.5), sigmaY=long)
    cross = cv2.GaussianBlur(noise[1], (0, 0), long, sigmaY=max(fine, 0.5))
    net = net / net.std()
    cross = cross / cross.std()
    where = grid.spot(0.055, -0.045, 0.022, 0.032) + grid.spot(0.0, -0.15, 0.08, 0.022)
    where = where + 0.8 * grid.spot(0.029, -0.014, 0.013, 0.005)
    return -4.5e-5 * (wrinkles - 0.25) / 0.75 * where * (np.abs(net) + np.abs(cross))


def _folds(rng: np.random.Generator) -> list[Fold]:
    """All folds of one face, left and right ones each a little different."""
    folds = [*_forehead(rng), *_neck(rng)]
    for side in (-1.0, 1.0):
        folds += _frown(side, rng) + _eye(side, rng) + _cheek(side, rng)
    chin = _path([(-0.013, -0.0835), (0, -0.0805), (0.013, -0.0835)], rng, 0.0006)
    folds.append(Fold(chin, 0.00055, 0.0022, onset=0.1))
    for arc in np.linspace(-0.017, 0.017, 11) + rng.normal(0, 0.0007, 11):
        low = -0.0575 - 0.0045 * (arc / 0.017) ** 2
        lip = _path([(arc * 0.97, low), (arc, low + 0.004), (arc * 1.03, low + 0.0075)], rng, 2e-4)
        folds.append(Fold(lip, 0.00022 * rng.uniform(0.4, 1), 0.0006, onset=0.45))
    return folds


def _forehead(rng: np.random.Generator) -> list[Fold]:
    folds = []
    for level in range(5):
        y = 0.0355 + 0.0085 * level + rng.normal(0, 0.0012)
        left, right = -rng.uniform(0.028, 0.046), rng.uniform(0.028, 0.046)
        arc = np.linspace(left, right, 5)
        points = [(a, y + 0.0022 * np.cos(a / 0.014) - 0.9 * a * a) for a in arc]
        depth = 0.00042 * rng.uniform(0.55, 1.0)
        folds.append(Fold(_path(points, rng, 0.0012), depth, 0.00105, group="brows_up", onset=0.12))
    return folds


def _frown(side: float, rng: np.random.Generator) -> list[Fold]:
    x = side * rng.uniform(0.0058, 0.0085)
    up = _path([(x * 0.75, 0.009), (x, 0.018), (x * 1.15, 0.029)], rng, 0.0006)
    across = _path([(0.0, 0.0085), (side * 0.0065, 0.0072)], rng, 0.0003)
    nose = [
        _path([(side * 0.006, 0.004 - 0.0045 * i), (side * 0.011, -0.001 - 0.005 * i)], rng, 4e-4)
        for i in range(2)
    ]
    depth = 0.00048 * rng.uniform(0.6, 1.0)
    return [
        Fold(up, depth, 0.0011, group="brows_down", onset=0.22),
        Fold(across, 0.0003, 0.0010, group="brows_down", onset=0.35, start=1.0),
        *(Fold(line, 0.00018, 0.0007, onset=0.6) for line in nose),
    ]


def _eye(side: float, rng: np.random.Generator) -> list[Fold]:
    folds = []
    for degrees in (38, 16, -6, -26, -46):
        angle = np.deg2rad(degrees + rng.normal(0, 4))
        start = np.array([0.0445, -0.0015]) + 0.002 * np.array([0, np.sin(angle)])
        reach = rng.uniform(0.010, 0.017)
        points = [
            (
                side * (start[0] + t * reach * np.cos(angle)),
                start[1] + t * reach * np.sin(angle) - 0.0022 * t * t,
            )
            for t in (0.0, 0.5, 1.0)
        ]
        depth = 0.00033 * rng.uniform(0.5, 1)
        folds.append(
            Fold(_path(points, rng, 3e-4), depth, 0.00075, group="smile", onset=0.15, start=0.5)
        )
    under = [(0.0165, -0.0085), (0.0225, -0.0142), (0.030, -0.0172), (0.037, -0.0160)]
    fine = [(0.019, -0.0088), (0.027, -0.0115), (0.036, -0.0105), (0.042, -0.0068)]
    for points, depth, width, onset in ((under, 0.00075, 0.0017, 0.1), (fine, 0.00024, 7e-4, 0.2)):
        path = _path([(side * a, y) for a, y in points], rng, 4e-4)
        folds.append(Fold(path, depth, width, group="smile" if width < 1e-3 else "", onset=onset))
    return folds


def _cheek(side: float, rng: np.random.Generator) -> list[Fold]:
    nasolabial = [(0.0172, -0.0335), (0.0222, -0.0415), (0.0275, -0.052), (0.0298, -0.0645)]
    marionette = [(0.0232, -0.0695), (0.0262, -0.0765), (0.0272, -0.0865), (0.026, -0.094)]
    lower = [(0.034, -0.056), (0.0375, -0.067), (0.0365, -0.078)]
    out = []
    for points, depth, width, group, onset, start in (
        (nasolabial, 0.00135, 0.0023, "smile", 0.02, 0.9),
        (marionette, 0.00085, 0.0018, "", 0.25, 0.8),
        (lower, 0.00038, 0.0013, "smile", 0.55, 0.1),
    ):
        path = _path([(side * a, y) for a, y in points], rng, 5e-4)
        out.append(Fold(path, depth * rng.uniform(0.8, 1), width, group, onset, start))
    return out


def _neck(rng: np.random.Generator) -> list[Fold]:
    folds = []
    for y, depth in ((-0.1285, 0.0005), (-0.1425, 0.0006), (-0.158, 0.0004)):
        half = rng.uniform(0.05, 0.08)
        points = [(a, y + 0.9 * a * a + rng.normal(0, 0.0007)) for a in np.linspace(-half, half, 6)]
        folds.append(Fold(_path(points, rng, 5e-4), depth, 0.0012, onset=0.08))
    return folds


def _path(
    points: list[tuple[float, float]], rng: np.random.Generator, wander_m: float, steps: int = 36
) -> Curve:
    """A smooth curve through points, wandering a little."""
    from scipy.interpolate import make_interp_spline

    knots = np.array(points, np.float64)
    t = np.linspace(0, 1, len(knots))
    fine = np.linspace(0, 1, steps)
    curve = make_interp_spline(t, knots, k=min(3, len(knots) - 1))(fine)
    shift = np.interp(fine, np.linspace(0, 1, 7), rng.normal(0, wander_m, 7))
    along = np.gradient(curve, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    return curve + shift[:, None] * along[:, ::-1] * np.array([-1.0, 1.0])


def _furrow(grid: ChartGrid, fold: Fold) -> NDArray[np.float32]:
    """(h, w) height of one fold: a groove with puffed sides."""
    import cv2

    image = np.zeros(grid.shape, np.uint8)
    texels = np.rint((grid.texel(fold.curve[:, 0], fold.curve[:, 1]) - 0.5) * 16).astype(int)
    t = np.linspace(0, 1, len(texels) - 1)
    rise = np.clip(fold.start + t / 0.25, 0, 1)
    level = np.rint(255 * rise * np.clip((1 - t) / 0.35, 0.05, 1) ** 0.8)
    for a, b, value in zip(texels[:-1], texels[1:], level, strict=True):
        ends = tuple(a.tolist()), tuple(b.tolist())
        cv2.line(image, *ends, float(value), 1, cv2.LINE_AA, shift=4)
    sigma = max(fold.width_m / grid.texel_m, 0.6)
    pad = int(5.5 * sigma) + 3
    rows, columns = np.nonzero(image)
    top, left = max(rows.min() - pad, 0), max(columns.min() - pad, 0)
    bottom, right = rows.max() + pad + 1, columns.max() + pad + 1
    piece = image[top:bottom, left:right].astype(np.float32) / 255
    groove = cv2.GaussianBlur(piece, (0, 0), sigma)
    sides = cv2.GaussianBlur(piece, (0, 0), 2.2 * sigma)
    out = np.zeros(grid.shape, np.float32)
    # A line one texel wide, blurred, is 1 / (sigma sqrt(2 pi)) high.
    # What is lit through the skin looks shallower than it is.
    scale = 1.5 * fold.depth_m * sigma * np.sqrt(2 * np.pi)
    out[top:bottom, left:right] = -scale * (groove - 0.8 * sides)
    return out


def _bags(grid: ChartGrid, wrinkles: float) -> NDArray[np.float32]:
    """(h, w) height of pouches under the eyes and of jowls."""
    pouch = grid.spot(0.0285, -0.0128, 0.0075, 0.0026)
    jowl = grid.spot(0.036, -0.088, 0.010, 0.008)
    amount = np.clip((wrinkles - 0.3) / 0.7, 0, 1)
    return (amount * (0.0011 * pouch + 0.0012 * jowl)).astype(np.float32)
