"""How wrong the mouth network is: the terms that keep lips from mumbling.

Regression alone tends to the mean: lips that hardly move and never close. Against that stand the
velocity (weighted as in NVIDIA's Audio2Face-3D, whose recipe the set of terms follows), lip
distance weighted by how nearly the lips are closed, a hinge on bilabials, and the concordance of
every curve with the truth over a window (Lin, Biometrics 1989), which asks for the right spread as
well as for the right shape, and so for no particular talker's habits.
"""

from dataclasses import dataclass, fields
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

from audio2motion.corpus import CHANNELS
from audio2motion.network import CONTACTS, GEOMETRY
from audio2motion.training.batches import Batch
from audio2motion.training.network import LipModule
from audio2motion.visemes import SHOWN

STEP: Final = 4
"""Frames over which velocity is taken: 40 ms, one picture of the cameras."""
GAP: Final = len(CHANNELS) + GEOMETRY.index("gap")
CLOSED_GAP: Final = 0.05
"""Of the range: real bilabials close to 1 to 5 % of it."""
NEARLY_CLOSED: Final = 6.0
LEAST_SPREAD: Final = 0.15
"""Of a channel's standard deviation: windows flatter than this have no shape to agree with."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Of the terms."""

    position: float = 1.0
    velocity: float = 1.5
    concordance: float = 1.0
    lip_distance: float = 2.0
    closure: float = 2.0
    visemes: float = 0.4
    contacts: float = 0.4
    activity: float = 0.2
    stillness: float = 1.0


def terms(module: LipModule, batch: Batch, weights: Weights, gap_range: float) -> dict[str, Tensor]:
    """Weighted losses by name.

    Args:
        module: The network.
        batch: What it shall say.
        weights: Of the terms.
        gap_range: From lips at rest to wide open, in the unit of the geometry.
    """
    motion, sound = module(batch.inputs)
    known = torch.isfinite(batch.motion) & batch.inside[..., None]
    truth = torch.where(known, batch.motion, motion.detach())
    emphasis = motion.new_ones(motion.shape[-1])
    emphasis[len(CHANNELS) :] = 3.0  # tracked lips themselves are cleaner than coefficients
    emphasis[CHANNELS.index("jawOpen")] = 3.0
    scale = module.motion_scale
    error = ((motion - truth) / scale).abs() * emphasis * known
    count = (known * emphasis).sum().clamp(min=1)
    found = {"position": error.sum() / count}
    both = known[:, STEP:] & known[:, :-STEP]
    speed = motion[:, STEP:] - motion[:, :-STEP] - truth[:, STEP:] + truth[:, :-STEP]
    found["velocity"] = ((speed / scale).abs() * emphasis * both).sum() / count
    found["concordance"] = _discord(motion, truth, known, scale, emphasis)
    near = torch.exp(-NEARLY_CLOSED * truth[..., GAP].clamp(min=0) / gap_range) * known[..., GAP]
    distance = (motion[..., GAP] - truth[..., GAP]).abs() / gap_range
    found["lip_distance"] = (near * distance).sum() / known[..., GAP].sum().clamp(min=1)
    found["closure"] = _open_bilabials(motion[..., GAP] / gap_range, batch)
    found |= _sound_terms(module, sound, batch)
    still = (batch.still & batch.inside)[:, STEP:]
    moved = ((motion[:, STEP:] - motion[:, :-STEP]) / scale).abs().mean(dim=-1)
    found["stillness"] = (moved * still).sum() / still.sum().clamp(min=1)
    return {
        field.name: getattr(weights, field.name) * found[field.name] for field in fields(weights)
    }


def _discord(
    motion: Tensor, truth: Tensor, known: Tensor, scale: Tensor, emphasis: Tensor
) -> Tensor:
    """1 - concordance of the windows' curves about their means, where the truth moves."""
    count = known.sum(dim=1, keepdim=True).clamp(min=1)
    a, b = motion / scale, truth / scale
    a = (a - (a * known).sum(dim=1, keepdim=True) / count) * known
    b = (b - (b * known).sum(dim=1, keepdim=True) / count) * known
    frames = count[:, 0]
    of_a, of_b = a.square().sum(dim=1) / frames, b.square().sum(dim=1) / frames
    agreement = 2 * (a * b).sum(dim=1) / frames / (of_a + of_b + 1e-3)
    lively = (of_b.sqrt() > LEAST_SPREAD) * emphasis
    return ((1 - agreement) * lively).sum() / lively.sum().clamp(min=1)


def _open_bilabials(gap: Tensor, batch: Batch) -> Tensor:
    """How far lips stay open inside p, b and m, in shares of the range."""
    spoken = (batch.viseme == SHOWN.index("PP")).float()[:, None]
    inner = -functional.max_pool1d(-spoken, 3, stride=1, padding=1)[:, 0]
    return (functional.relu(gap - CLOSED_GAP) * inner).sum() / inner.sum().clamp(min=1)


def _sound_terms(module: LipModule, sound: Tensor, batch: Batch) -> dict[str, Tensor]:
    """Visemes, contacts and activity."""
    visemes, contacts, activity = sound.split([module.visemes, len(CONTACTS), 1], dim=-1)
    known = batch.viseme >= 0
    classes = functional.cross_entropy(
        visemes.flatten(0, 1), batch.viseme.flatten(), ignore_index=-1, label_smoothing=0.05
    )
    touching = torch.stack([batch.viseme == SHOWN.index(name) for name in CONTACTS], dim=-1)
    speaking = ~batch.still & (batch.viseme != SHOWN.index("sil"))
    return {
        "visemes": classes if known.any() else sound.sum() * 0,
        "contacts": _binary(contacts, touching, known[..., None].expand_as(touching)),
        "activity": _binary(activity[..., 0], speaking, known | batch.still),
    }


def _binary(logits: Tensor, truth: Tensor, known: Tensor) -> Tensor:
    loss = functional.binary_cross_entropy_with_logits(logits, truth.float(), reduction="none")
    return (loss * known).sum() / known.sum().clamp(min=1)
