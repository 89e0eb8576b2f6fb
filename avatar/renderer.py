"""What of the generator belongs to one person: which one draws them best, and their own weights."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

PREFIX = "renderer_"


class GeneratorName(StrEnum):
    """What mends the warped picture."""

    OFF = "off"
    GENERIC = "generic"
    """The one that everybody shares."""
    PERSONAL = "personal"
    """The one that was trained further on the person's own footage."""


AUTO = "auto"
CHOICES = (AUTO, *(name.value for name in GeneratorName))
"""What can be asked for: `AUTO` is what was best on the person's own footage."""


@dataclass(frozen=True, slots=True, eq=False)
class PersonalRenderer:
    """The outcome of a personalisation."""

    best: GeneratorName
    """What was best on footage that was kept back."""
    scores: Mapping[str, float] = field(default_factory=dict)
    """{generator's name: error on that footage}."""
    weights: Mapping[str, NDArray[np.float16]] = field(default_factory=dict)
    """Of the person's own generator, by name."""

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """For the asset's archive."""
        names = sorted(self.scores)
        return {
            f"{PREFIX}best": np.array(self.best.value),
            f"{PREFIX}names": np.array(names, dtype="U16"),
            f"{PREFIX}scores": np.array([self.scores[name] for name in names], np.float64),
            **{f"{PREFIX}weight_{name}": value for name, value in self.weights.items()},
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> "PersonalRenderer | None":
        """The inverse of `to_arrays`; None where the archive holds none."""
        if f"{PREFIX}best" not in arrays:
            return None
        names = [str(name) for name in arrays[f"{PREFIX}names"]]
        scores = [float(value) for value in arrays[f"{PREFIX}scores"]]
        start = f"{PREFIX}weight_"
        return cls(
            best=GeneratorName(str(arrays[f"{PREFIX}best"])),
            scores=dict(zip(names, scores, strict=True)),
            weights={
                name.removeprefix(start): np.asarray(arrays[name], np.float16)
                for name in arrays
                if name.startswith(start)
            },
        )
