"""The baked head, neck and shoulders: average shape, identity rows, ARKit actions."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PARTS = ("skin", "mouth", "socket", "tongue", "eye_left", "eye_right", "teeth", "lashes")
MASKS = ("lips", "eyelids", "ears")
DATA = Path(__file__).parent / "data" / "bust.npz"
FIRST_HELPER = 13380
"""Base-mesh vertices from here on are helpers (tongue, teeth, eyes, lashes), not the body."""


@dataclass(frozen=True, slots=True, eq=False)
class Bust:
    """MakeHuman's head and shoulders, quads.

    Metres, +Y up, +Z out of the face, +X the subject's left, origin midway between the eyeballs of
    the average head.
    """

    vertices: NDArray[np.float32]
    """(v, 3) the average adult."""
    quads: NDArray[np.int32]
    """(q, 4) counter-clockwise from outside; a triangle repeats its last corner."""
    parts: NDArray[np.uint8]
    """(q,) index into `PARTS`."""
    base_index: NDArray[np.int32]
    """(v,) vertex of MakeHuman's base mesh."""
    head_weight: NDArray[np.float32]
    """(v,) 0 stays with the torso, 1 turns with the head."""
    arm_weight: NDArray[np.float32]
    """(v,) how far a vertex follows an upper arm; negative for the right arm."""
    actions: NDArray[np.float32]
    """(52, v, 3) offsets at coefficient 1, order `ARKIT_52`."""
    masks: dict[str, NDArray[np.float32]]
    """(v,) painted regions of the skin: lips, eyelids, ears."""
    row_names: tuple[str, ...]
    row_start: NDArray[np.int32]
    row_vertex: NDArray[np.uint16]
    row_offset: NDArray[np.float16]

    def shape(self, identity: Mapping[str, float]) -> NDArray[np.float32]:
        """(v, 3) the average moved along identity rows, given as {row name: amount}.

        Many rows carry the head with them, so the whole is put back: the origin stays midway
        between the eyeballs, and hair, camera and neck find every head in its place.

        Raises:
            KeyError: A name is not a row of the bust.
        """
        vertices = self.vertices.copy()
        index = {name: row for row, name in enumerate(self.row_names)}
        for name, amount in identity.items():
            row = slice(self.row_start[index[name]], self.row_start[index[name] + 1])
            vertices[self.row_vertex[row]] += amount * self.row_offset[row].astype(np.float32)
        return vertices - (self._eyes(vertices) - self._eyes(self.vertices))

    def _eyes(self, vertices: NDArray[np.float32]) -> NDArray[np.float32]:
        """(3,) midway between the eyeballs."""
        eyes = [vertices[np.unique(self.part(name))] for name in ("eye_left", "eye_right")]
        return np.mean([eye.mean(axis=0) for eye in eyes], axis=0).astype(np.float32)

    def part(self, *names: str) -> NDArray[np.int32]:
        """(q, 4) the quads of these parts."""
        return self.quads[np.isin(self.parts, [PARTS.index(name) for name in names])]


def load_bust(path: Path = DATA) -> Bust:
    """Read the baked arrays."""
    with np.load(path, allow_pickle=False) as data:
        vertices = data["vertices"]
        actions = np.zeros((len(data["actions"]), len(vertices), 3), np.float32)
        actions[:, data["action_vertex"]] = data["actions"]
        return Bust(
            vertices=vertices,
            quads=data["quads"].astype(np.int32),
            parts=data["parts"],
            base_index=data["base_index"].astype(np.int32),
            head_weight=data["head_weight"].astype(np.float32),
            arm_weight=data["arm_weight"].astype(np.float32),
            actions=actions,
            masks=dict(zip(MASKS, data["masks"].astype(np.float32), strict=True)),
            row_names=tuple(data["row_names"].tolist()),
            row_start=data["row_start"],
            row_vertex=data["row_vertex"],
            row_offset=data["row_offset"],
        )
