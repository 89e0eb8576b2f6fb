"""How a run is made, whatever it trains."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Of the loop. Changing any but the last five needs a new run."""

    batch_size: int = 16
    """Over all processes."""
    learning_rate: float = 2e-4
    betas: tuple[float, float] = (0.5, 0.999)
    milestones: tuple[float, ...] = (0.6, 0.9)
    """Shares of the run after which the learning rate is a tenth."""
    gradient_clip: float = 10.0
    """Largest norm."""
    average_decay: float = 0.999
    adversarial: float = 0.0
    """Weight of fooling the discriminator; with `matching` 0 too there is none."""
    matching: float = 0.0
    """Weight of matching the discriminator's features."""
    adversarial_from: float = 0.2
    """Share of the run before the discriminator counts; it learns from the first step."""
    discriminator_width: int = 32
    discriminator_blocks: int = 4
    seed: int = 0
    steps: int = 100_000
    budget_s: float | None = None
    """Seconds that steps may take in all, evaluations left out. The run is as far as the larger of
    the two shares, of steps and of seconds: the learning rate falls in time. One process only."""
    log_every: int = 50
    evaluate_every: int = 1000
    """Also saves."""
    patience: int = 10
    """Evaluations without gain on held-out people before the run ends."""

    def progress(self, step: int, seconds: float) -> float:
        """How far a run is after so many steps and seconds; 1 is its end."""
        spent = seconds / self.budget_s if self.budget_s else 0.0
        return max(step / self.steps, spent)

    def rate_at(self, progress: float) -> float:
        """The learning rate when the run is so far."""
        passed = sum(progress >= milestone for milestone in self.milestones)
        return self.learning_rate * 0.1**passed

    @property
    def has_discriminator(self) -> bool:
        """Whether one is trained."""
        return self.adversarial > 0 or self.matching > 0
