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
from audio2motion.training.batches import STRIDE, Batch
from audio2motion.training.network import LipModule
from audio2motion.visemes import SHOWN

GAP: Final = len(CHANNELS) + GEOMETRY.index("gap")
CLOSED_GAP: Final = 0.05
"""Of the range: real bilabials close to 1 to 5 % of it."""
NEARLY_CLOSED: Final = 6.0
LEAST_SPREAD: Final = 0.15
"""Of a channel's standard deviation: windows flatter than this have no shape to agree with."""


TRUST_IN_RULES: Final = 0.5
"""Weight of motion that an articulatory model made, against motion that was filmed. More of it
helps wild speech, less of it helps read sentences and mouth width."""
TRUST_IN_SILENCE: Final = 2.0
"""Of the rest pose in noise, music and silence, which no film shows."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Of the terms."""

    position: float = 3.0
    velocity: float = 0.4
    concordance: float = 0.5
    lip_distance: float = 0.15
    closure: float = 0.5
    visemes: float = 0.8
    contacts: float = 0.4
    activity: float = 0.5
    stillness: float = 1.0


def terms(module: LipModule, batch: Batch, weights: Weights, gap_range: float) -> dict[str, Tensor]:
    """Weighted losses by name.

    Args:
        module: The network.
        batch: What it shall say.
        weights: Of the terms.
        gap_range: From lips at rest to wide open, in the unit of the geometry.
    """
    motion, sound = module(batch.inputs, STRIDE)
    known = torch.isfinite(batch.motion) & batch.inside[..., None]
    truth = torch.where(known, batch.motion, motion.detach())
    emphasis = motion.new_ones(motion.shape[-1])
    emphasis[len(CHANNELS) :] = 3.0  # tracked lips themselves are cleaner than coefficients
    emphasis[CHANNELS.index("jawOpen")] = 3.0
    silent = batch.still & ~batch.real[:, None]
    trust = torch.where(batch.real[:, None], 1.0, TRUST_IN_RULES).expand_as(silent)
    emphasis = emphasis * torch.where(silent, TRUST_IN_SILENCE, trust)[..., None]
    scale = module.motion_scale
    error = functional.smooth_l1_loss(motion / scale, truth / scale, reduction="none", beta=1.0)
    error = error * emphasis * known
    count = (known * emphasis).sum().clamp(min=1)
    found = {"position": error.sum() / count}
    both = known[:, 1:] & known[:, :-1]
    speed = motion.diff(dim=1) - truth.diff(dim=1)
    found["velocity"] = ((speed / scale).abs() * emphasis[:, 1:] * both).sum() / count
    found["concordance"] = _discord(motion, truth, known, scale, emphasis)
    near = torch.exp(-NEARLY_CLOSED * truth[..., GAP].clamp(min=0) / gap_range) * known[..., GAP]
    distance = (motion[..., GAP] - truth[..., GAP]).abs() / gap_range
    found["lip_distance"] = (near * distance).sum() / known[..., GAP].sum().clamp(min=1)
    found["closure"] = _open_bilabials(motion[..., GAP] / gap_range, batch)
    found |= _sound_terms(module, sound, batch)
    # who is filmed breathes in and parts the lips before speaking
    still = (batch.still & batch.inside & ~batch.real[:, None])[:, 1:]
    moved = (motion.diff(dim=1) / scale).abs().mean(dim=-1)
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
    lively = (of_b.sqrt() > LEAST_SPREAD) * emphasis.mean(dim=1)
    return ((1 - agreement) * lively).sum() / lively.sum().clamp(min=1)


def _open_bilabials(gap: Tensor, batch: Batch) -> Tensor:
    """How far lips stay open inside p, b and m, in shares of the range."""
    opened = functional.relu(gap - CLOSED_GAP) * batch.pressed
    return opened.sum() / batch.pressed.sum().clamp(min=1)


def _sound_terms(module: LipModule, sound: Tensor, batch: Batch) -> dict[str, Tensor]:
    """Visemes, contacts and activity."""
    visemes, contacts, activity = sound.split([module.visemes, len(CONTACTS), 1], dim=-1)
    known = batch.viseme >= 0
    classes = _classes(visemes, batch)
    touching = torch.stack([batch.viseme == SHOWN.index(name) for name in CONTACTS], dim=-1)
    speaking = ~batch.still & (batch.viseme != SHOWN.index("sil"))
    return {
        "visemes": classes,
        "contacts": _binary(contacts, touching, known[..., None].expand_as(touching)),
        "activity": _binary(activity[..., 0], speaking, known | batch.still),
    }


def _classes(logits: Tensor, batch: Batch) -> Tensor:
    loss = functional.cross_entropy(
        logits.flatten(0, 1),
        batch.viseme.flatten(),
        ignore_index=-1,
        label_smoothing=0.05,
        reduction="sum",
    )
    return loss / (batch.viseme >= 0).sum().clamp(min=1)


def _binary(logits: Tensor, truth: Tensor, known: Tensor) -> Tensor:
    loss = functional.binary_cross_entropy_with_logits(logits, truth.float(), reduction="none")
    return (loss * known).sum() / known.sum().clamp(min=1)
