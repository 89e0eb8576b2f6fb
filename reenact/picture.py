"""How the output's picture is made of rendered heads: cut, size, background, preview."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from reenact.errors import ControlError

if TYPE_CHECKING:
    from avatar.appearance import Appearance
    from reenact.cutout import Mattes
    from reenact.engine import RenderedHead

_COLOUR = re.compile(r"#?([0-9a-fA-F]{6})")
PREVIEW_SIZE = 256
"""Side of the rendered head crop of a preview, px."""
PREVIEW_LARGEST = 640
"""Longer side of a preview, px."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What is made of each rendered head; the defaults keep the source frame as it is."""

    background: str | Path = "keep"
    """Behind the person: `keep`, `blur`, a colour `#rrggbb`, or a picture's path."""
    alpha: bool = False
    """No background: WebM and PNG pictures with transparency."""
    crop: str = "full"
    """`full`, `head`, `square` or a ratio such as `9:16`."""
    scale: float = 1.0
    """Output px for one px of the source frame."""
    output_size: tuple[int, int] | None = None
    """Output (width, height) in px, instead of `scale`; a width of 0 follows from the cut."""
    preview: bool = False
    """Every second frame, small, encoded in haste: a look within seconds."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "background", parse_background(str(self.background)))
        if self.alpha and self.background != "keep":
            raise ControlError(
                f"a transparent output has no background {self.background}",
                hint="Ask for the one or the other.",
            )
        if not (math.isfinite(self.scale) and 0 < self.scale <= 16):
            raise ControlError(f"scale {self.scale} is no scale", hint="Use 0.1 to 16.")
        if self.output_size is not None and self.scale != 1.0:
            raise ControlError(
                "scale and output size were both asked for", hint="Ask for the one or the other."
            )

    @property
    def cuts_out(self) -> bool:
        """Whether the person is taken out of the picture."""
        return self.alpha or self.background != "keep"

    @property
    def stride(self) -> int:
        """Every how many frames are rendered."""
        return 2 if self.preview else 1

    def head_size(self, size: int) -> int:
        """The side of the rendered head crop, where `size` was asked for."""
        return min(size, PREVIEW_SIZE) if self.preview else size

    def inputs(self) -> Mapping[str, Path]:
        """Files that take part, by role."""
        return {"background": self.background} if isinstance(self.background, Path) else {}

    def options(self) -> Mapping[str, object]:
        """What of it goes into the proof; files by their role only."""
        return {
            "background": "file" if isinstance(self.background, Path) else self.background,
            "alpha": self.alpha,
            "crop": self.crop,
            "scale": self.scale,
            "output_size": None if self.output_size is None else list(self.output_size),
            "preview": self.preview,
        }

    def mattes(self, appearance: "Appearance") -> "Mattes | None":
        """The mattes it needs; None if the background is kept."""
        from reenact.cutout import person_mattes

        return person_mattes(appearance) if self.cuts_out else None

    def paster(self, appearance: "Appearance", mattes: "Mattes | None") -> "Paster":
        """What turns heads into output frames.

        Raises:
            ControlError: The frame cannot be cut or scaled so.
            MediaError: The background picture cannot be read.
        """
        from reenact.canvas import choose_canvas
        from reenact.compositor import Compositor
        from reenact.cutout import CutOut

        canvas = choose_canvas(
            appearance,
            crop=self.crop,
            scale=self.scale,
            size=self.output_size,
            largest=PREVIEW_LARGEST if self.preview else None,
        )
        if mattes is None:
            return Compositor(appearance, canvas)
        background = None if self.alpha else self.background
        return CutOut(appearance, mattes, canvas=canvas, background=background)


def parse_background(text: str) -> str | Path:
    """Tell `keep`, `blur`, a colour `#rrggbb` and a file from one another.

    Raises:
        ControlError: It is none of them.
    """
    if text in ("keep", "blur"):
        return text
    if colour := _COLOUR.fullmatch(text):
        return f"#{colour[1].lower()}"
    if Path(text).is_file():
        return Path(text)
    raise ControlError(
        f"{text} is no background",
        hint="Use keep, blur, a colour such as #00b140, or the path of a picture.",
    )


def parse_size(text: str) -> tuple[int, int]:
    """Read `height` or `widthxheight` in px; a width of 0 follows from the cut.

    Raises:
        ControlError: It is neither.
    """
    found = re.fullmatch(r"(?:(\d{2,5})x)?(\d{2,5})", text)
    if found is None:
        raise ControlError(f"{text} is no size", hint="Write 720 or 1280x720.")
    return int(found[1] or 0), int(found[2])


AS_FILMED = Picture()


class Paster(Protocol):
    """Lays a rendered head into the output's picture."""

    def paste(self, head: "RenderedHead") -> NDArray[np.uint8]:
        """The output frame, (h, w, 3), or (h, w, 4) with alpha."""
        ...
