"""Pictures of docs/benchmarks/audio2motion.md: curves of real and predicted lips, and of sounds."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audio2motion import features
from audio2motion.network import load_lip_network
from benchmarks.speech_clips import RealClip

REAL, MADE, OTHER = "#222222", "#d1495b", "#2e86ab"
LONGEST_S = 6.0
_DPI = 110


def draw(path: Path, clips: Sequence[RealClip], offsets: Mapping[str, float]) -> None:
    """Lip gap and mouth width of every clip: tracked, and as the network says.

    Args:
        path: PNG to write.
        clips: At most their first six seconds are drawn.
        offsets: Of a clip's sound, by name; taken out.
    """
    figure, axes = _figure(len(clips), 2, height=1.15)
    for row, clip in zip(axes, clips, strict=True):
        shift = offsets.get(clip.name, 0.0)
        until = min(LONGEST_S, float(clip.real.times[-1]))
        for axis, name in zip(row, ("gap", "width"), strict=True):
            made = clip.made["network"]
            _line(axis, clip.real.times + shift, _centred(clip.real.curves[name]), REAL, "tracked")
            _line(axis, made.times, _centred(made.curves[name]), MADE, "network")
            axis.set_xlim(0, until)
        row[0].set_ylabel(clip.name.partition("__")[2][:14], fontsize=7)
    for axis, title in zip(axes[0], ("lip gap", "mouth width"), strict=True):
        axis.set_title(f"{title}, over the distance of the outer eye corners, about its mean",
                       fontsize=8)  # fmt: skip
    axes[0][0].legend(fontsize=7, loc="upper right", ncol=2, frameon=False)
    axes[-1][0].set_xlabel("seconds", fontsize=8)
    _save(figure, path)


def draw_sounds(path: Path, clip: RealClip) -> None:
    """One clip: spectrogram, classes of sounds, contacts, and lips."""
    figure, axes = _figure(4, 1, height=1.6)
    sound, classes, contacts, lips = (row[0] for row in axes)
    samples = clip.audio.resampled(features.SAMPLE_RATE).samples
    power = np.log(features.mel_power(samples) + 1)
    until = len(samples) / features.SAMPLE_RATE
    names = load_lip_network().visemes
    sound.imshow(
        power.T, origin="lower", aspect="auto", extent=(0, until, 0, power.shape[1]), cmap="magma"
    )
    sound.set_ylabel("mel band", fontsize=8)
    classes.imshow(
        clip.lips.visemes.T,
        origin="lower",
        aspect="auto",
        extent=(0, until, -0.5, len(names) - 0.5),
        cmap="Greys",
        vmin=0,
        vmax=1,
    )
    classes.set_yticks(range(len(names)), names, fontsize=6)
    times = np.arange(len(clip.lips)) / features.FRAME_RATE
    _line(contacts, times, clip.lips.contacts[:, 0], MADE, "p b m")
    _line(contacts, times, clip.lips.contacts[:, 1], OTHER, "f v")
    _line(contacts, times, clip.lips.activity, "#999999", "somebody speaks")
    contacts.set_ylim(-0.05, 1.05)
    real, made, shown = clip.real, clip.made["network"], clip.made["motion"]
    _line(lips, real.times, _from_rest(real.curves["gap"]), REAL, "tracked gap")
    _line(lips, made.times, _from_rest(made.curves["gap"]), MADE, "network")
    _line(lips, shown.times, _from_rest(shown.curves["gap"]), OTHER, "motion")
    for axis in (contacts, lips):
        axis.legend(fontsize=7, loc="upper right", ncol=3, frameon=False)
    for axis in (sound, classes, contacts, lips):
        axis.set_xlim(0, until)
    lips.set_xlabel("seconds", fontsize=8)
    _save(figure, path)


def _centred(curve: NDArray[np.floating]) -> NDArray[np.floating]:
    return curve - curve.mean()


def _from_rest(curve: NDArray[np.floating]) -> NDArray[np.floating]:
    return curve - np.percentile(curve, 2)


def _figure(rows: int, columns: int, *, height: float) -> tuple[Any, Any]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, height * rows + 0.6), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, columns, squeeze=False)
    for axis in axes.flat:
        axis.tick_params(labelsize=6)
        for side in ("top", "right"):
            axis.spines[side].set_visible(False)
    return figure, axes


def _line(
    axis: Any, times: NDArray[Any], curve: NDArray[np.floating], colour: str, label: str
) -> None:
    axis.plot(times, curve, color=colour, linewidth=1.0, label=label)


def _save(figure: Any, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
