"""`RenderResult`: what a render did."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RenderResult:
    """A finished video."""

    output: Path
    sidecar: Path
    """Proof and details beside the output, JSON."""
    frames: int
    fps: Fraction
    seconds: float
    """Wall time of the whole render."""
    device: str
    """What the frames were computed on."""
    weights: tuple[str, ...]
    """Names of the model files that took part."""
    warnings: tuple[str, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    """Milliseconds a frame spent in each stage; `first_frame_s` is the time to the first frame."""
