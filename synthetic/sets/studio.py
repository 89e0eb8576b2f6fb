"""`Studio`: what one process keeps while it makes items: the bust, the last figures."""

from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from synthetic.bust import Bust, load_bust
from synthetic.figure import COARSE, FINE, Figure, build_figure
from synthetic.person import Person
from synthetic.render import Scene
from synthetic.renderers import FrameRenderer, RendererName, make_renderer

_KEPT_FIGURES = 2


@dataclass(frozen=True, slots=True)
class Look:
    """How footage is rendered."""

    renderer: RendererName = "fast"
    size: int = 256
    """Width and height of a frame, px."""
    samples: int = 2
    """See `renderers.FrameRenderer`."""
    detail: Literal["coarse", "fine"] = "coarse"
    """How finely figures are built."""


class Studio:
    """Builds figures and renderers, and keeps the last figures."""

    def __init__(self) -> None:
        self._figures: OrderedDict[tuple[str, str], Figure] = OrderedDict()

    @cached_property
    def bust(self) -> Bust:
        """The baked bust, read once."""
        return load_bust()

    def figure(self, person: Person, detail: Literal["coarse", "fine"]) -> Figure:
        """A person's figure; those asked for last are kept."""
        key = (repr(person), detail)
        if key not in self._figures:
            built = build_figure(person, self.bust, FINE if detail == "fine" else COARSE)
            self._figures[key] = built
            while len(self._figures) > _KEPT_FIGURES:
                self._figures.popitem(last=False)
        self._figures.move_to_end(key)
        return self._figures[key]

    def renderer(self, person: Person, scene: Scene, look: Look) -> FrameRenderer:
        """A renderer of a person in a scene."""
        return make_renderer(
            look.renderer,
            self.figure(person, look.detail),
            scene,
            width=look.size,
            height=look.size,
            samples=look.samples,
        )
