"""The mouth network at run time: columns of a front end in, lips out, as they arrive.

A network (0.4 million numbers, `weights/cards/lips.md`) in ONNX Runtime, trained by
`audio2motion.training`. Output frame i depends on input frames i - 32 to i + 14.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

import weights

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

CONTEXT: Final = 32
"""Frames of the past that a frame depends on."""
LOOK_AHEAD: Final = 14
"""Frames of the future that it waits for: 0.14 s."""
GEOMETRY: Final = ("gap", "width", "protrusion", "jaw")
CONTACTS: Final = ("PP", "FF")
"""Lips pressed together; lower lip at the upper teeth."""

_BLOCK = 16
"""Output frames computed together. Matrix products of one fixed shape give the same bits however
the input is cut into pieces."""
_WINDOW = CONTEXT + _BLOCK + LOOK_AHEAD

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class LipFrames:
    """What a mouth does in t frames, 100 a second."""

    curves: Array
    """(t, k) coefficients in the order of `LipNetwork.channels`, not yet limited to [0, 1]."""
    visemes: Array
    """(t, v) probabilities in the order of `LipNetwork.visemes`."""
    geometry: Array
    """(t, 4) in the order of `GEOMETRY`, over the distance of the outer eye corners and relative
    to the mouth at rest."""
    contacts: Array
    """(t, 2) probabilities in the order of `CONTACTS`."""
    activity: Array
    """(t,) probability that somebody speaks."""

    def __len__(self) -> int:
        return len(self.activity)


@dataclass(frozen=True, slots=True, eq=False)
class LipNetwork:
    """The network with what it was trained to mean."""

    session: "InferenceSession"
    channels: tuple[str, ...]
    """(k,) ARKit coefficients."""
    visemes: tuple[str, ...]
    """(v,) classes of sounds."""
    rest: Array
    """(k,) lips at rest."""
    closed: Array
    """(k,) lips pressed on p, b and m."""
    labiodental: Array
    """(k,) lower lip at the teeth on f and v."""
    lip_map: Array
    """(2, k) what a coefficient of 1 adds to gap and width of the real lips it was measured on."""

    @property
    def provider(self) -> str:
        """Where ONNX Runtime really computes, such as `CPUExecutionProvider`."""
        return str(self.session.get_providers()[0])

    def run(self, inputs: Array) -> LipFrames:
        """Lips for (t, c) inputs of a whole recording; the same bits as a `Session` gives."""
        session = Session(self)
        return _joined([session.push(inputs), session.finish()], self)

    def compute(self, window: Array) -> LipFrames:
        """Lips for (t + 46, c) inputs with their context."""
        motion, sound = self.session.run(None, {"inputs": window[None]})
        count, classes = len(self.channels), len(self.visemes)
        logits = sound[0]
        switches = 1 / (1 + np.exp(-logits[:, classes:]))
        shares = np.exp(logits[:, :classes] - logits[:, :classes].max(axis=1, keepdims=True))
        return LipFrames(
            curves=motion[0, :, :count],
            visemes=shares / shares.sum(axis=1, keepdims=True),
            geometry=motion[0, :, count:],
            contacts=switches[:, : len(CONTACTS)],
            activity=switches[:, -1],
        )


class Session:
    """Feeds a network with inputs as they arrive; outputs come `LOOK_AHEAD` frames later.

    Before the first frame and after the last one, that frame is repeated. The same inputs give the
    same bits, however they are cut.
    """

    def __init__(self, network: LipNetwork) -> None:
        self._network = network
        self._inputs: Array | None = None
        self._received = 0
        self._given = 0
        self._origin = -CONTEXT  # frame at the start of the buffer

    def push(self, inputs: Array) -> LipFrames:
        """Lips of the frames that are ready after (t, c) more inputs; any t."""
        if len(inputs):
            if self._inputs is None:
                self._inputs = np.repeat(inputs[:1], CONTEXT, axis=0)
            self._inputs = np.concatenate([self._inputs, inputs]).astype(np.float32, copy=False)
            self._received += len(inputs)
        return self._advance(self._received - LOOK_AHEAD)

    def finish(self) -> LipFrames:
        """Lips of the frames that still waited. Nothing may be pushed afterwards."""
        if self._inputs is not None:
            last = np.repeat(self._inputs[-1:], LOOK_AHEAD, axis=0)
            self._inputs = np.concatenate([self._inputs, last])
        return self._advance(self._received)

    def _advance(self, ready: int) -> LipFrames:
        found: list[LipFrames] = []
        while self._inputs is not None and self._given < ready:
            start = self._given // _BLOCK * _BLOCK
            stop = min(ready, start + _BLOCK)
            first = start - CONTEXT - self._origin
            window = self._inputs[first : first + _WINDOW]
            lacking = _WINDOW - len(window)
            lips = self._network.compute(np.pad(window, ((0, lacking), (0, 0))))
            found.append(_part(lips, self._given - start, stop - start))
            self._given = stop
        if self._inputs is not None:
            unused = self._given // _BLOCK * _BLOCK - CONTEXT - self._origin
            self._inputs = self._inputs[unused:]
            self._origin += unused
        return _joined(found, self._network)


def _part(lips: LipFrames, start: int, stop: int) -> LipFrames:
    part = slice(start, stop)
    return LipFrames(
        lips.curves[part],
        lips.visemes[part],
        lips.geometry[part],
        lips.contacts[part],
        lips.activity[part],
    )


def _joined(pieces: list[LipFrames], network: LipNetwork) -> LipFrames:
    shapes = (len(network.channels), len(network.visemes), len(GEOMETRY), len(CONTACTS))
    none = LipFrames(*(np.zeros((0, n), np.float32) for n in shapes), np.zeros(0, np.float32))
    pieces = [none, *pieces]
    return LipFrames(
        np.concatenate([piece.curves for piece in pieces]),
        np.concatenate([piece.visemes for piece in pieces]),
        np.concatenate([piece.geometry for piece in pieces]),
        np.concatenate([piece.contacts for piece in pieces]),
        np.concatenate([piece.activity for piece in pieces]),
    )


def read_network(session: "InferenceSession") -> LipNetwork:
    """A network from an opened ONNX file, whose metadata says what its outputs mean."""
    told = json.loads(session.get_modelmeta().custom_metadata_map["lips"])
    numbers = {
        name: np.array(told[name], np.float32)
        for name in ("rest", "closed", "labiodental", "lip_map")
    }
    return LipNetwork(session, tuple(told["channels"]), tuple(told["visemes"]), **numbers)


@lru_cache(maxsize=1)
def load_lip_network() -> LipNetwork:
    """The network that ships with the package.

    Raises:
        weights.WeightsError: The file is missing or altered.
    """
    return read_network(weights.open_onnx("lips"))
