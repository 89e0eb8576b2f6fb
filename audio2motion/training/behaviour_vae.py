"""Train the variational generator of behaviour: `python -m audio2motion.training.behaviour_vae`.

About three minutes on one core; seeded, and the same on the same machine.
"""

import logging
from pathlib import Path

import click
import numpy as np
import torch
from torch import Tensor, nn

from audio2motion.behaviour.curves import CONDITIONS, CURVES
from audio2motion.behaviour.vae import CHUNK
from audio2motion.training.behaviour_data import Readings, read

logger = logging.getLogger(__name__)

HIDDEN, LATENT = 96, 8
STEPS, BATCH, RATE = 1600, 64, 2e-3
KL_WEIGHT, VELOCITY_WEIGHT, LID_WEIGHT = 0.03, 3.0, 4.0
_LID = CURVES.index("lid")


class Autoencoder(nn.Module):
    """Encoder and decoder."""

    def __init__(self) -> None:
        super().__init__()
        seen = len(CURVES) + len(CONDITIONS)
        self.encoder = nn.GRU(seen, HIDDEN // 2, batch_first=True, bidirectional=True)
        self.posterior = nn.Linear(HIDDEN, 2 * LATENT)
        self.decoder = nn.GRU(len(CONDITIONS) + LATENT, HIDDEN, batch_first=True)
        self.out = nn.Linear(HIDDEN, len(CURVES))

    def encode(self, curves: Tensor, heard: Tensor) -> tuple[Tensor, Tensor]:
        """(n, chunks, z) mean and log variance."""
        found, _ = self.encoder(torch.cat([curves, heard], dim=-1))
        pooled = found.reshape(len(found), -1, CHUNK, HIDDEN).mean(dim=2)
        mean, log_variance = self.posterior(pooled).chunk(2, dim=-1)
        return mean, log_variance.clamp(-6, 3)

    def decode(self, latent: Tensor, heard: Tensor) -> Tensor:
        """(n, f, c)."""
        spread = latent.repeat_interleave(CHUNK, dim=1)
        return self.out(self.decoder(torch.cat([heard, spread], dim=-1))[0])


def losses(model: Autoencoder, curves: Tensor, heard: Tensor) -> tuple[Tensor, Tensor]:
    """Reconstruction and divergence, per curve and frame."""
    mean, log_variance = model.encode(curves, heard)
    latent = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
    made = model.decode(latent, heard)
    error = (made - curves).square().mean(dim=(0, 1))
    error[_LID] = LID_WEIGHT * error[_LID]
    velocity = (made.diff(dim=1) - curves.diff(dim=1)).square().mean()
    divergence = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean()
    return error.mean() + VELOCITY_WEIGHT * velocity, divergence


def train(readings: Readings, *, seed: int) -> Autoencoder:
    """Fit to all but the held-out clips; of the steps, keep the best on those."""
    torch.manual_seed(seed)
    model = Autoencoder()
    optimiser = torch.optim.AdamW(model.parameters(), RATE, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=STEPS)
    taught, kept = readings.part(held_out=False), readings.part(held_out=True)
    curves, heard = torch.from_numpy(taught.curves), torch.from_numpy(taught.heard)
    test = torch.from_numpy(kept.curves), torch.from_numpy(kept.heard)
    best, state = float("inf"), model.state_dict()
    for step in range(STEPS):
        chosen = torch.randint(len(curves), (BATCH,))
        error, divergence = losses(model, curves[chosen], heard[chosen])
        optimiser.zero_grad()
        (error + KL_WEIGHT * min(1.0, 2 * step / STEPS) * divergence).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        if step % 200 == 199:
            with torch.no_grad():
                error, divergence = losses(model, *test)
            total = float(error + KL_WEIGHT * divergence)
            logger.info("%d: held out %.3f, divergence %.3f", step + 1, error, divergence)
            if step > STEPS // 2 and total < best:
                best = total
                state = {name: value.clone() for name, value in model.state_dict().items()}
    model.load_state_dict(state)
    return model


@torch.no_grad()
def export(model: Autoencoder, readings: Readings, *, seed: int) -> dict[str, np.ndarray]:
    """Decoder, prior, and what brings its curves to the spread of the real ones."""
    torch.manual_seed(seed)
    taught = readings.part(held_out=False)
    curves, heard = torch.from_numpy(taught.curves), torch.from_numpy(taught.heard)
    mean, log_variance = model.encode(curves, heard)
    centre = mean.mean(dim=(0, 1))
    spread = (mean.var(dim=(0, 1)) + log_variance.exp().mean(dim=(0, 1))).sqrt()
    drawn = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
    apart = drawn - centre
    keep = ((apart[:, 1:] * apart[:, :-1]).mean(dim=(0, 1)) / spread**2).clamp(0, 0.98)
    latent = [torch.randn(len(heard), LATENT)]
    for _ in range(mean.shape[1] - 1):
        fresh = torch.randn(len(heard), LATENT)
        latent.append(keep * latent[-1] + (1 - keep**2).sqrt() * fresh)
    made = model.decode(centre + spread * torch.stack(latent, dim=1), heard)
    # the lid's threshold is met as often as the real lid meets it
    often = (taught.curves[..., _LID] > 0.9).mean()
    top = float(np.quantile(made[..., _LID].numpy(), 1 - often))
    offset, factor = made.mean(dim=(0, 1)), curves.std(dim=(0, 1)) / made.std(dim=(0, 1))
    offset[_LID], factor[_LID] = top - 0.5, 1.0
    decoder = model.decoder
    tensors = {
        "input_weight": decoder.weight_ih_l0,
        "input_bias": decoder.bias_ih_l0,
        "hidden_weight": decoder.weight_hh_l0,
        "hidden_bias": decoder.bias_hh_l0,
        "out_weight": model.out.weight,
        "out_bias": model.out.bias,
        "prior_keep": keep,
        "prior_mean": centre,
        "prior_spread": spread,
        "made_mean": offset,
        "made_factor": factor,
    }
    logger.info("factor %s keep %s", factor.numpy().round(2), keep.numpy().round(2))
    return {name: value.numpy().astype(np.float16) for name, value in tensors.items()}


@click.command()
@click.option("--grid", required=True, type=click.Path(exists=True, path_type=Path))
@click.option("-o", "--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--seed", default=0, show_default=True)
def main(grid: Path, out: Path, seed: int) -> None:
    """Train on the curves and sound of GRID talker s1 and write the decoder."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(1)
    readings = read(grid)
    np.savez_compressed(out, **export(train(readings, seed=seed), readings, seed=seed))


if __name__ == "__main__":
    main()
