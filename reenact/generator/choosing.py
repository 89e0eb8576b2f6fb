"""Which generator mends an avatar, and an engine that it mends."""

from __future__ import annotations

import weights
from avatar.asset import AvatarAsset
from avatar.renderer import AUTO, GeneratorName
from capture.errors import CaptureError
from reenact.engine import DrivenFace, FirstOrderEngine, RenderedHead
from reenact.generator.refiner import Refiner

GENERIC = "generator"
"""Name of the shared generator's weights."""


class NoPersonalGenerator(CaptureError):
    """The avatar was never personalised, or did not gain by it."""

    exit_code = 2


def choose_generator(asset: AvatarAsset, wanted: str = AUTO) -> GeneratorName:
    """The generator to use for an avatar.

    Args:
        asset: The avatar.
        wanted: "auto" for what was best on the person's own footage, and none where nobody looked:
            an avatar is never drawn worse than without a generator.

    Raises:
        NoPersonalGenerator: "personal" was asked for and there is none.
        ValueError: Not one of `avatar.renderer.CHOICES`.
    """
    if wanted == AUTO:
        return asset.renderer.best if asset.renderer is not None else GeneratorName.OFF
    name = GeneratorName(wanted)
    if name is GeneratorName.PERSONAL and not (asset.renderer and asset.renderer.weights):
        raise NoPersonalGenerator(
            "this avatar has no generator of its own",
            hint="avatar personalize ID --video FILE",
        )
    return name


def weights_of(name: GeneratorName) -> tuple[str, ...]:
    """Names of the model files that a generator comes from."""
    return () if name is GeneratorName.OFF else (GENERIC,)


class MendedEngine:
    """The first-order motion engine with a generator behind it."""

    def __init__(self, engine: FirstOrderEngine, asset: AvatarAsset, name: GeneratorName) -> None:
        """Make the generator ready.

        Args:
            engine: Of the avatar.
            asset: The avatar.
            name: Generic or personal.

        Raises:
            MissingBackendError: PyTorch is not installed.
            WeightsError: The shared weights are missing or altered.
        """
        weights.require("torch", extra="torch", used_for=f"the {name.value} generator")
        from reenact.generator.runtime import prepare

        personal = name is GeneratorName.PERSONAL and asset.renderer is not None
        arrays = asset.renderer.weights if personal else weights.open_arrays(GENERIC)
        self._engine = engine
        self._refiner = Refiner(asset.appearance, prepare(arrays), size=engine.size)

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
        return self._refiner.refine(self._engine.render(face), face)
