"""The first-order motion engine, bent to where things belong as far as that is known."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from reenact.engine import DrivenFace, FirstOrderEngine, Prospect, RenderedHead
from reenact.surroundings import GRID_STEP


class Bender(Protocol):
    """Knows where things belong that a warp puts elsewhere."""

    def bend(
        self, face: DrivenFace, prospect: Prospect, flow: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Correct where a frame is looked up.

        Args:
            face: Drives the frame.
            prospect: Of the frame.
            flow: (g, g, 2) px of the crop, what is known so far: where to look instead of at each
                node of the grid.

        Returns:
            The flow with what this knows added; the same object if it knows nothing.
        """
        ...


class BentEngine:
    """Renders one person like the engine inside it, but bent. Frames come in the order of time."""

    def __init__(self, engine: FirstOrderEngine, benders: Sequence[Bender]) -> None:
        """Take an engine and what bends its frames, in this order."""
        self._engine, self._benders = engine, tuple(benders)

    @property
    def device(self) -> str:
        """What the frames are computed on."""
        return self._engine.device

    @property
    def size(self) -> int:
        """Side of the rendered crop in px."""
        return self._engine.size

    def render(self, face: DrivenFace) -> RenderedHead:
        """Draw the head crop."""

        def bend(prospect: Prospect) -> NDArray[np.float32] | None:
            nodes = self.size // GRID_STEP + 1
            none = flow = np.zeros((nodes, nodes, 2), np.float32)
            for bender in self._benders:
                flow = bender.bend(face, prospect, flow)
            return None if flow is none else flow

        return self._engine.render(face, bend=bend)
