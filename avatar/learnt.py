"""What was learnt about how one person moves, and whether it is any good."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PREFIX = "learnt_"


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """The outcome of a personalisation."""

    plain: float
    """Mean error of the avatar as it was enrolled, grey levels, on footage that was kept back."""
    aligned: float
    """The same with what was learnt."""
    arrays: Mapping[str, NDArray[np.generic]]
    """What was learnt, see `reenact.alignment`; empty where it was no gain."""

    @property
    def useful(self) -> bool:
        """Whether it is used."""
        return bool(self.arrays)

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """For the asset's archive."""
        errors = np.array([self.plain, self.aligned])
        kept = {f"{PREFIX}array_{name}": value for name, value in self.arrays.items()}
        return {f"{PREFIX}errors": errors, **kept}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> "Learnt | None":
        """The inverse of `to_arrays`; None where the archive holds nothing learnt."""
        if f"{PREFIX}errors" not in arrays:
            return None
        plain, aligned = (float(value) for value in arrays[f"{PREFIX}errors"])
        start = f"{PREFIX}array_"
        kept = {name.removeprefix(start): arrays[name] for name in arrays if name.startswith(start)}
        return cls(plain=plain, aligned=aligned, arrays=kept)
