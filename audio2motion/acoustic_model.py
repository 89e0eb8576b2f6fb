"""The `en-us` acoustic model of CMU Sphinx, context-independent part, evaluated with numpy.

The model is phonetically tied: every phone has its own codebook of 128 diagonal Gaussians for
each of three feature streams (statics, deltas, double deltas), and every senone (a state of a
phone) has mixture weights over its phone's codebook. The context-independent senones are three
states for each of 42 phones, senone = 3 * phone + state. File formats: SphinxBase `bio.c`,
PocketSphinx `bin_mdef.c` and SphinxTrain `mk_s2sendump.c`.
"""

import struct
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

import weights
from audio2motion.errors import ModelFileError

STATES = 3
_STREAMS = 3
_VARIANCE_FLOOR = 1e-4
_WEIGHT_SCALE = 1024 * np.log(1.0001)  # 8-bit weights are -log in base 1.0001, shifted by 10 bits
_BLOCK = 32  # small matrices: BLAS would share larger ones out to threads that wait for each other


@dataclass(frozen=True, slots=True, eq=False)
class AcousticModel:
    """Gaussians and mixture weights; p phones, g Gaussians a codebook, d dimensions a stream."""

    phones: tuple[str, ...]
    """(p,) names, `SIL` and fillers in plus signs among them."""
    projection: NDArray[np.float32]
    """(3, p, 2 d, g) per stream and phone: turns (x, x squared) into log densities."""
    constants: NDArray[np.float32]
    """(3, p, 1, g) what those lack."""
    mixture: NDArray[np.float32]
    """(3, p, g, 3) mixture weights per stream, phone, Gaussian and state."""
    stay: NDArray[np.float64]
    """(p, 3) probability of staying in a state for the next 10 ms frame."""

    def log_likelihoods(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Log likelihood of every state.

        Args:
            features: (t, 3, 13) from `audio2motion.features.with_deltas`.

        Returns:
            (t, p, 3).
        """
        _, phones, _, states = self.mixture.shape
        result = np.zeros((len(features), phones, states), np.float32)
        for start in range(0, len(features), _BLOCK):
            block = features[start : start + _BLOCK]
            for stream in range(_STREAMS):
                x = np.concatenate([block[:, stream], np.square(block[:, stream])], axis=1)
                # (frames, 2 d) @ (phones, 2 d, gaussians)
                density = np.matmul(x, self.projection[stream])
                density += self.constants[stream]
                peak = density.max(axis=2, keepdims=True)
                density -= peak
                np.exp(density, out=density)
                mixed = np.matmul(density, self.mixture[stream])  # (phones, frames, states)
                np.log(np.maximum(mixed, 1e-30), out=mixed)
                mixed += peak
                result[start : start + _BLOCK] += mixed.transpose(1, 0, 2)
        return result


@lru_cache(maxsize=1)
def load_acoustic_model() -> AcousticModel:
    """Read the model that the `pocketsphinx` package carries (about 60 ms, kept afterwards).

    Raises:
        weights.WeightsError: A file is missing or altered.
        ModelFileError: A file is not in the expected format.
    """
    phones, senones = parse_definition(_read("mdef"))
    means = parse_gaussians(_read("means"))
    variances = np.maximum(parse_gaussians(_read("variances")), _VARIANCE_FLOOR)
    count, streams, gaussians, _ = means.shape
    if count != len(phones) or streams != _STREAMS or variances.shape != means.shape:
        raise ModelFileError(f"acoustic model: {means.shape} Gaussians for {len(phones)} phones")
    linear, quadratic = means / variances, -0.5 / variances
    constants = -0.5 * (np.log(2 * np.pi * variances) + np.square(means) / variances).sum(axis=3)
    # (phones, streams, gaussians, 2 d) -> (streams, phones, 2 d, gaussians)
    projection = np.concatenate([linear, quadratic], axis=3).transpose(1, 0, 3, 2)
    mixture = parse_mixture_weights(_read("sendump"), _STREAMS, gaussians, senones)
    mixture = mixture[:, :, : count * STATES].reshape(_STREAMS, gaussians, count, STATES)
    return AcousticModel(
        phones=phones,
        projection=np.ascontiguousarray(projection, np.float32),
        constants=np.ascontiguousarray(constants.transpose(1, 0, 2)[:, :, None], np.float32),
        mixture=np.ascontiguousarray(mixture.transpose(0, 2, 1, 3)),
        stay=_stay_probabilities(parse_transitions(_read("transitions"))),
    )


def _read(part: str) -> bytes:
    return weights.read_bytes(f"pocketsphinx-en-us-{part}")


def parse_definition(data: bytes) -> tuple[tuple[str, ...], int]:
    """Phone names and the number of senones of a binary model definition (`mdef`)."""
    if data[:4] != b"BMDF":
        raise ModelFileError("mdef: not a binary Sphinx model definition")
    (description,) = struct.unpack_from("<i", data, 8)
    counts = struct.unpack_from("<10i", data, 12 + description)
    phones, states, independent, senones = counts[0], counts[2], counts[3], counts[4]
    if states != STATES or independent != phones * STATES:
        raise ModelFileError(f"mdef: {independent} senones for {phones} phones of {states} states")
    names = data[12 + description + 40 :].split(b"\0", phones)[:phones]
    return tuple(name.decode("ascii") for name in names), senones


def parse_gaussians(data: bytes) -> NDArray[np.float32]:
    """(codebooks, streams, Gaussians, dimensions) of a `means` or `variances` file."""
    body = _s3_body(data)
    codebooks, streams, gaussians = struct.unpack_from("<3i", data, body)
    sizes = struct.unpack_from(f"<{streams}i", data, body + 12)
    if len(set(sizes)) != 1:
        raise ModelFileError(f"means or variances: streams of different sizes {sizes}")
    values = np.frombuffer(data, "<f4", offset=body + 16 + 4 * streams)
    shape = (codebooks, streams, gaussians, sizes[0])
    return values[: int(np.prod(shape))].reshape(shape)  # a checksum follows


def parse_transitions(data: bytes) -> NDArray[np.float32]:
    """(phones, from state, to state) transition counts."""
    body = _s3_body(data)
    shape = struct.unpack_from("<3i", data, body)
    values = np.frombuffer(data, "<f4", offset=body + 16)
    return values[: int(np.prod(shape))].reshape(shape)


def parse_mixture_weights(
    data: bytes, streams: int, gaussians: int, senones: int
) -> NDArray[np.float32]:
    """(streams, Gaussians, senones) weights of an uncompressed 8-bit `sendump` file."""
    position = 0
    while length := struct.unpack_from("<i", data, position)[0]:
        position += 4 + length
    rows, columns = struct.unpack_from("<2i", data, position + 4)
    stored = np.frombuffer(data, np.uint8, offset=position + 12)
    if (rows, columns) != (gaussians, senones) or stored.size != streams * rows * columns:
        raise ModelFileError(f"sendump: {rows} x {columns} weights, want {gaussians} x {senones}")
    logs = -_WEIGHT_SCALE * stored.reshape(streams, gaussians, senones)
    return np.asarray(np.exp(logs), np.float32)


def _s3_body(data: bytes) -> int:
    """Offset of the first number after the text header and byte-order mark of an S3 file."""
    end = data.find(b"endhdr\n")
    if data[:3] != b"s3\n" or end < 0 or struct.unpack_from("<I", data, end + 7)[0] != 0x11223344:
        raise ModelFileError("acoustic model: not a little-endian S3 file")
    return end + 11


def _stay_probabilities(transitions: NDArray[np.float32]) -> NDArray[np.float64]:
    """(phones, 3) self-loop probabilities of left-to-right models."""
    counts = transitions.astype(np.float64)
    counts /= counts.sum(axis=2, keepdims=True)
    return np.ascontiguousarray(np.diagonal(counts, axis1=1, axis2=2))
