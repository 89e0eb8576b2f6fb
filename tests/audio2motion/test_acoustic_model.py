import struct

import numpy as np
import pytest

from audio2motion import acoustic_model
from audio2motion.errors import ModelFileError


@pytest.fixture(scope="module")
def model():
    return acoustic_model.load_acoustic_model()


def test_the_model_has_silence_and_all_english_phones(model):
    assert len(model.phones) == 42
    assert {"SIL", "AA", "P", "B", "M", "F", "V", "ZH"} <= set(model.phones)


def test_mixture_weights_of_a_state_sum_to_about_one(model):
    np.testing.assert_allclose(model.mixture.sum(axis=2), 1, atol=0.1)


def test_likelihood_equals_the_textbook_formula(model):
    features = np.random.default_rng(0).normal(0, 5, (3, 3, 13)).astype(np.float32)
    means = acoustic_model.parse_gaussians(acoustic_model._read("means"))
    variances = np.maximum(acoustic_model.parse_gaussians(acoustic_model._read("variances")), 1e-4)
    phone, state = model.phones.index("AA"), 1
    expected = 0.0
    for stream in range(3):
        spread = variances[phone, stream].astype(np.float64)
        offset = features[2, stream] - means[phone, stream]
        density = -0.5 * (offset**2 / spread + np.log(2 * np.pi * spread)).sum(axis=1)
        expected += np.log((np.exp(density) * model.mixture[stream, phone, :, state]).sum())
    assert model.log_likelihoods(features)[2, phone, state] == pytest.approx(expected, abs=0.05)


def test_phones_leave_their_states_in_finite_time(model):
    assert (model.stay > 0.1).all()
    assert (model.stay < 1).all()


def test_other_files_are_refused():
    with pytest.raises(ModelFileError):
        acoustic_model.parse_definition(b"not a model")
    with pytest.raises(ModelFileError):
        acoustic_model.parse_gaussians(b"s3\nversion 1.0\nendhdr\n" + struct.pack("<I", 0x44332211))


def test_mixture_weights_of_another_size_are_refused():
    header = struct.pack("<i", 0) + struct.pack("<2i", 2, 3)
    weights = acoustic_model.parse_mixture_weights(header + bytes(6), 1, 2, 3)
    assert weights.shape == (1, 2, 3)
    np.testing.assert_allclose(weights, 1)
    with pytest.raises(ModelFileError):
        acoustic_model.parse_mixture_weights(header + bytes(5), 1, 2, 3)
