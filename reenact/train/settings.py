"""How a run is made, whatever it trains."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Of the loop. Changing any but the last four needs a new run."""

    batch_size: int = 16
    """Over all processes."""
    learning_rate: float = 2e-4
    betas: tuple[float, float] = (0.5, 0.999)
    milestones: tuple[float, ...] = (0.6, 0.9)
    """Shares of `steps` after which the learning rate is a tenth."""
    gradient_clip: float = 10.0
    """Largest norm."""
    average_decay: float = 0.999
    adversarial: float = 0.0
    """Weight of fooling the discriminator; with `matching` 0 too there is none."""
    matching: float = 0.0
    """Weight of matching the discriminator's features."""
    adversarial_from: float = 0.2
    """Share of `steps` before the discriminator counts; it learns from the first step."""
    discriminator_width: int = 32
    discriminator_blocks: int = 4
    seed: int = 0
    steps: int = 100_000
    log_every: int = 50
    evaluate_every: int = 1000
    """Also saves."""
    patience: int = 10
    """Evaluations without gain on held-out people before the run ends."""

    def rate_at(self, step: int) -> float:
        """The learning rate of a step, counted from 0."""
        passed = sum(step >= milestone * self.steps for milestone in self.milestones)
        return self.learning_rate * 0.1**passed

    @property
    def has_discriminator(self) -> bool:
        """Whether one is trained."""
        return self.adversarial > 0 or self.matching > 0
