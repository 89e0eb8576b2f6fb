import itertools

import numpy as np
import pytest

from audio2motion.network import CONTEXT, LOOK_AHEAD, LipFrames, Session, load_lip_network
from capture.arkit import ARKIT_52


@pytest.fixture(scope="module")
def network():
    return load_lip_network()


def sounds(frames: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, (frames, 70)).astype(np.float32)


def arrays(lips: LipFrames) -> list[np.ndarray]:
    return [lips.curves, lips.visemes, lips.geometry, lips.contacts, lips.activity]


@pytest.mark.parametrize("cuts", [(1,) * 97, (2,) * 48 + (1,), (96, 1), (50, 0, 47)])
def test_pieces_give_the_same_bits_as_the_whole(network, cuts):
    inputs = sounds(97)
    whole = network.run(inputs)
    session = Session(network)
    edges = np.cumsum([0, *cuts])
    pieces = [session.push(inputs[a:b]) for a, b in itertools.pairwise(edges)]
    pieces.append(session.finish())
    for index, expected in enumerate(arrays(whole)):
        found = np.concatenate([arrays(piece)[index] for piece in pieces])
        np.testing.assert_array_equal(found, expected)


def test_a_frame_waits_for_the_look_ahead_and_no_longer(network):
    session = Session(network)
    assert len(session.push(sounds(LOOK_AHEAD))) == 0
    assert len(session.push(sounds(1))) == 1


def test_a_frame_depends_on_its_surroundings_alone(network):
    inputs = sounds(200)
    changed = inputs.copy()
    changed[100] += 1
    difference = np.abs(network.run(inputs).curves - network.run(changed).curves).max(axis=1)
    moved = np.flatnonzero(difference)
    assert moved[0] == 100 - LOOK_AHEAD
    assert moved[-1] == 100 + CONTEXT


def test_nothing_in_gives_nothing_out(network):
    lips = network.run(sounds(0))
    assert len(lips) == 0
    assert lips.curves.shape == (0, len(network.channels))


def test_probabilities_are_probabilities(network):
    lips = network.run(sounds(60))
    np.testing.assert_allclose(lips.visemes.sum(axis=1), 1, atol=1e-5)
    assert lips.visemes.shape[1] == len(network.visemes) == 15
    for switch in (lips.contacts, lips.activity):
        assert switch.min() >= 0
        assert switch.max() <= 1


def test_postures_are_of_known_coefficients_and_close_the_lips(network):
    assert set(network.channels) <= set(ARKIT_52)
    gap = network.lip_map[0]
    wide = np.zeros(len(network.channels), np.float32)
    wide[network.channels.index("jawOpen")] = 0.4
    assert gap @ network.closed < 0.1 * gap @ wide
    assert network.provider == "CPUExecutionProvider"
