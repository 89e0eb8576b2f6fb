"""`AvatarAsset`: all that makes a person's face move. Sealed at rest, opened with a permit."""

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar.appearance import Appearance, Crop, Reference
from avatar.errors import AvatarError
from avatar.habits import Habits
from avatar.learnt import Learnt
from avatar.person_rig import PersonRig
from capture.arrays import check_arrays
from capture.landmarks import LANDMARK_COUNT

SCHEMA = 2
READABLE = (1, 2)
"""Schema 1 had nothing learnt from footage."""
JPEG_QUALITY = 96


@dataclass(frozen=True, slots=True, eq=False)
class AvatarAsset:
    """A person's 3D head and appearance. Glossary: v vertices, f faces, k blendshapes."""

    subject_id: str
    record_id: str
    """The consent that it was made under."""
    vertices: NDArray[np.float32]
    """(v, 3) metres, at rest; glTF axes."""
    faces: NDArray[np.int32]
    """(f, 3)."""
    uv: NDArray[np.float32]
    """(v, 2) in [0, 1], v up as in glTF's images turned over (0 at the bottom)."""
    texture: NDArray[np.uint8]
    """(h, w, 3) sRGB."""
    deltas: NDArray[np.float32]
    """(k, v, 3) metres for a coefficient of 1."""
    names: tuple[str, ...]
    """(k,) ARKit names."""
    parts: NDArray[np.uint8]
    """(f,) which part of the head a face belongs to, see `avatar.head_model`."""
    sites: NDArray[np.float32]
    """(478, 3) metres: where the tracked landmarks lie on the head at rest."""
    rig: PersonRig
    """The same head in the space of the tracked landmarks."""
    rest: NDArray[np.float32]
    """(52,) the coefficients that the tracker saw in the source frame."""
    appearance: Appearance
    learnt: Learnt | None = None
    """None until it is personalised."""
    habits: Habits | None = None
    """How the person moves while talking; None where that was not measured."""
    schema: int = SCHEMA

    def __post_init__(self) -> None:
        vertices, faces, actions = len(self.vertices), len(self.faces), len(self.names)
        check_arrays(
            self,
            {
                "vertices": ((vertices, 3), np.float32),
                "faces": ((faces, 3), np.int32),
                "uv": ((vertices, 2), np.float32),
                "texture": ((*self.texture.shape[:2], 3), np.uint8),
                "deltas": ((actions, vertices, 3), np.float32),
                "parts": ((faces,), np.uint8),
                "sites": ((LANDMARK_COUNT, 3), np.float32),
                "rest": ((actions,), np.float32),
            },
        )
        if faces and (self.faces.min() < 0 or self.faces.max() >= vertices):
            raise ValueError("faces: an index lies outside the vertices")

    @property
    def is_personal(self) -> bool:
        """Whether something useful was learnt about how the person moves."""
        return self.learnt is not None and self.learnt.useful

    def to_bytes(self) -> bytes:
        """Serialise for sealing: a NumPy archive of arrays only, pictures compressed."""
        arrays: dict[str, NDArray[np.generic]] = {
            "schema": np.array(self.schema),
            "subject_id": np.array(self.subject_id),
            "record_id": np.array(self.record_id),
            "vertices": self.vertices,
            "faces": self.faces,
            "uv": self.uv,
            "texture": _encode(self.texture),
            "deltas": self.deltas.astype(np.float16),
            "names": np.array(self.names),
            "parts": self.parts,
            "sites": self.sites,
            "rig_neutral": self.rig.neutral,
            "rig_deltas": self.rig.deltas,
            "rest": self.rest,
            "frame": _encode(self.appearance.frame),
            "plate": _encode(self.appearance.plate),
            "crop": np.array(
                [self.appearance.crop.x, self.appearance.crop.y, self.appearance.crop.side]
            ),
            "reference_count": np.array(len(self.appearance.references)),
        }
        for index, reference in enumerate(self.appearance.references):
            arrays[f"reference_{index}_image"] = _encode(reference.image)
            arrays[f"reference_{index}_matte"] = _encode(reference.matte)
            arrays[f"reference_{index}_landmarks"] = reference.landmarks
        if self.learnt is not None:
            arrays |= self.learnt.to_arrays()
        if self.habits is not None:
            arrays |= self.habits.to_arrays()
        buffer = io.BytesIO()
        np.savez_compressed(buffer, allow_pickle=False, **arrays)  # type: ignore[arg-type]
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "AvatarAsset":
        """The inverse of `to_bytes`.

        Raises:
            AvatarError: Another version of the toolkit wrote it.
        """
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            schema = int(arrays["schema"])
            if schema not in READABLE:
                raise AvatarError(
                    f"the avatar has schema {schema}, this version reads "
                    f"{' and '.join(map(str, READABLE))}",
                    hint="Enrol the person again with this version.",
                )
            references = tuple(
                Reference(
                    image=_decode(arrays[f"reference_{index}_image"]),
                    matte=_decode(arrays[f"reference_{index}_matte"]),
                    landmarks=arrays[f"reference_{index}_landmarks"],
                )
                for index in range(int(arrays["reference_count"]))
            )
            x, y, side = (int(value) for value in arrays["crop"])
            return cls(
                subject_id=str(arrays["subject_id"]),
                record_id=str(arrays["record_id"]),
                vertices=arrays["vertices"],
                faces=arrays["faces"],
                uv=arrays["uv"],
                texture=_decode(arrays["texture"]),
                deltas=arrays["deltas"].astype(np.float32),
                names=tuple(str(name) for name in arrays["names"]),
                parts=arrays["parts"],
                sites=arrays["sites"],
                rig=PersonRig(neutral=arrays["rig_neutral"], deltas=arrays["rig_deltas"]),
                rest=arrays["rest"],
                appearance=Appearance(
                    frame=_decode(arrays["frame"]),
                    crop=Crop(x=x, y=y, side=side),
                    plate=_decode(arrays["plate"]),
                    references=references,
                ),
                learnt=Learnt.from_arrays(arrays),
                habits=Habits.from_arrays(arrays),
            )


def _encode(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """JPEG for pictures (h, w, 3) RGB, lossless PNG for mattes (h, w)."""
    import cv2

    if image.ndim == 2:
        encoded = cv2.imencode(".png", image)[1]
    else:
        flipped = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
        # 4:4:4: lips and irises are too small for halved colour
        quality = [
            cv2.IMWRITE_JPEG_QUALITY,
            JPEG_QUALITY,
            cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
            cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
        ]
        encoded = cv2.imencode(".jpg", flipped, quality)[1]
    return np.asarray(encoded, np.uint8).reshape(-1)


def _decode(data: NDArray[np.uint8]) -> NDArray[np.uint8]:
    import cv2

    image = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    if image is None:
        raise AvatarError("a picture inside the avatar is damaged", hint="Enrol the person again.")
    if image.ndim == 3:
        image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
    return np.asarray(image, np.uint8)
