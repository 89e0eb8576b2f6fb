"""A person's textured 3D head from tracked footage and photos."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from avatar.fit import FittedHead, View, fit_head
from avatar.footage import Footage, Look
from avatar.head_model import HeadModel
from avatar.photos import Still, read_stills
from avatar.texture import bake_texture

EXTRA_VIEWS = 12
"""Frames beside the references whose landmarks take part in the fit."""


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """A fitted head with its texture. Glossary: v vertices, f faces, k blendshapes."""

    fitted: FittedHead
    texture: NDArray[np.uint8]
    """(s, s, 3) sRGB."""

    @property
    def vertices(self) -> NDArray[np.float32]:
        """(v, 3) metres at rest."""
        return self.fitted.vertices

    @property
    def deltas(self) -> NDArray[np.float32]:
        """(k, v, 3) metres for a coefficient of 1."""
        return self.fitted.deltas

    @property
    def sites(self) -> NDArray[np.float32]:
        """(478, 3) metres: where the tracked landmarks lie on the head at rest."""
        corners = self.vertices[self.model.landmark_faces]  # (478, 3, 3)
        return np.einsum("nk,nkc->nc", self.model.landmark_barycentric, corners)

    @property
    def model(self) -> HeadModel:
        """The topology: faces, uv, names and parts."""
        return self.fitted.model


def build_head(footage: Footage, look: Look, *, photos: Path | None = None) -> Head:
    """Fit one identity to references, further frames and photos, and blend their texture.

    Views share one scale: a frame is seen through the same virtual camera as its crop.

    Args:
        footage: The tracked video.
        look: Its references.
        photos: Folder of stills from other angles.

    Raises:
        AvatarError: A photo shows somebody else.
        MediaError: A photo cannot be read.
    """
    stills = [] if photos is None else read_stills(photos, video=footage.path)
    pictures = [*_reference_pictures(look, footage), *stills]
    extra = _extra_views(footage, look)
    views = [_view(picture) for picture in pictures] + extra
    fitted = fit_head(HeadModel.load(), views)
    shown = _first_views(fitted, len(pictures))
    mattes = [reference.matte / np.float32(255) for reference in look.appearance.references]
    masks = [*mattes, *[None] * len(stills)]
    texture, _ = bake_texture(shown, [picture.image for picture in pictures], masks=masks)
    return Head(fitted=fitted, texture=texture)


def _view(picture: Still) -> View:
    height, width = picture.image.shape[:2]
    return View(
        landmarks=picture.landmarks,
        coefficients=picture.blendshapes,
        width=width,
        height=height,
    )


def _reference_pictures(look: Look, footage: Footage) -> list[Still]:
    """The reference crops as pictures, landmarks in their own pixels."""
    crop = look.appearance.crop
    pictures = []
    for index, reference in zip(look.indices, look.appearance.references, strict=True):
        scale = np.float32(len(reference.image) / crop.side)
        landmarks = reference.landmarks * scale
        landmarks[:, :2] -= np.array([crop.x, crop.y], np.float32) * scale
        pictures.append(
            Still(
                image=reference.image,
                landmarks=landmarks,
                blendshapes=footage.track.blendshapes[index].copy(),
            )
        )
    return pictures


def _extra_views(footage: Footage, look: Look) -> list[View]:
    """Further frames, spread over the footage, placed in the crop's own camera."""
    crop = look.appearance.crop
    known = np.setdiff1d(np.flatnonzero(footage.track.valid), look.indices)
    if not len(known):  # short footage: every frame is a reference already
        return []
    picks = known[np.unique(np.linspace(0, len(known) - 1, EXTRA_VIEWS).astype(int))]
    views = []
    for index in picks.tolist():
        landmarks = footage.track.landmarks[index].copy()
        landmarks[:, :2] -= np.array([crop.x, crop.y], np.float32)
        views.append(
            View(
                landmarks=landmarks,
                coefficients=footage.track.blendshapes[index].copy(),
                width=crop.side,
                height=crop.side,
            )
        )
    return views


def _first_views(fitted: FittedHead, count: int) -> FittedHead:
    """The same head with only its first `count` views, those that have pictures."""
    return FittedHead(
        model=fitted.model,
        vertices=fitted.vertices,
        deltas=fitted.deltas,
        identity=fitted.identity,
        cameras=fitted.cameras[:count],
        poses=fitted.poses[:count],
        coefficients=fitted.coefficients[:count].copy(),
        error_percent=fitted.error_percent[:count].copy(),
    )
