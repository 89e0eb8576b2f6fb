"""The published first-order motion model: its entries, its mathematics, its checkpoints."""

import hashlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from reenact.fomm.checkpoint import load_checkpoint  # noqa: E402
from reenact.fomm.configuration import TINY, VOX_256  # noqa: E402
from reenact.fomm.dense_motion import first_order_motions  # noqa: E402
from reenact.fomm.generator import Generator  # noqa: E402
from reenact.fomm.keypoint_detector import KeypointBatch, KeypointDetector  # noqa: E402
from weights import WeightsError  # noqa: E402

Entries = dict[str, tuple[int, ...]]


def convolution(name: str, outputs: int, inputs: int, side: int = 3) -> Entries:
    return {f"{name}.weight": (outputs, inputs, side, side), f"{name}.bias": (outputs,)}


def norm(name: str, width: int) -> Entries:
    fields = ("weight", "bias", "running_mean", "running_var")
    return {f"{name}.{field}": (width,) for field in fields} | {f"{name}.num_batches_tracked": ()}


def block(name: str, outputs: int, inputs: int, side: int = 3) -> Entries:
    return convolution(f"{name}.conv", outputs, inputs, side) | norm(f"{name}.norm", outputs)


def hourglass(name: str, down: list[int], up: list[tuple[int, int]]) -> Entries:
    entries: Entries = {}
    for index, (inputs, outputs) in enumerate(pairwise(down)):
        entries |= block(f"{name}.encoder.down_blocks.{index}", outputs, inputs)
    for index, (outputs, inputs) in enumerate(up):
        entries |= block(f"{name}.decoder.up_blocks.{index}", outputs, inputs)
    return entries


def published_detector() -> Entries:
    up = [(512, 1024), (256, 1024), (128, 512), (64, 256), (32, 128)]
    return (
        {"down.weight": (3, 1, 13, 13)}
        | hourglass("predictor", [3, 64, 128, 256, 512, 1024], up)
        | convolution("kp", 10, 35, 7)
        | convolution("jacobian", 40, 35, 7)
    )


def published_generator() -> Entries:
    up = [(1024, 1024), (512, 2048), (256, 1024), (128, 512), (64, 256)]
    entries = {"dense_motion_network.down.weight": (3, 1, 13, 13)}
    entries |= hourglass("dense_motion_network.hourglass", [44, 128, 256, 512, 1024, 1024], up)
    entries |= convolution("dense_motion_network.mask", 11, 108, 7)
    entries |= convolution("dense_motion_network.occlusion", 1, 108, 7)
    entries |= block("first", 64, 3, 7)
    entries |= block("down_blocks.0", 128, 64) | block("down_blocks.1", 256, 128)
    for index in range(6):
        for part in ("1", "2"):
            entries |= convolution(f"bottleneck.r{index}.conv{part}", 256, 256)
            entries |= norm(f"bottleneck.r{index}.norm{part}", 256)
    entries |= block("up_blocks.0", 128, 256) | block("up_blocks.1", 64, 128)
    return entries | convolution("final", 3, 64, 7)


def shapes(network: "torch.nn.Module") -> Entries:
    return {key: tuple(value.shape) for key, value in network.state_dict().items()}


def test_the_entries_are_those_of_the_published_checkpoint() -> None:
    with torch.device("meta"):
        detector, generator = KeypointDetector(VOX_256), Generator(VOX_256)
    assert shapes(detector) == published_detector()
    assert shapes(generator) == published_generator()
    assert len(published_detector()) + len(published_generator()) == 271
    count = {
        name: sum(parameter.numel() for parameter in network.parameters()) / 1e6
        for name, network in (("detector", detector), ("generator", generator))
    }
    assert count == pytest.approx({"detector": 14.22, "generator": 45.58}, abs=0.01)


def test_a_new_detector_sees_keypoints_with_the_identity_as_jacobians() -> None:
    torch.manual_seed(0)
    found = KeypointDetector(TINY).eval()(torch.rand(2, 3, 64, 64))
    assert found.places.shape == (2, 10, 2)
    assert found.places.abs().max() < 1
    torch.testing.assert_close(found.jacobians, torch.eye(2).expand(2, 10, 2, 2))


def keypoints(seed: int, count: int = 4) -> KeypointBatch:
    generator = torch.Generator().manual_seed(seed)
    places = torch.rand(1, count, 2, generator=generator) - 0.5
    jacobians = torch.eye(2) + 0.3 * (torch.rand(1, count, 2, 2, generator=generator) - 0.5)
    return KeypointBatch(places, jacobians)


def test_an_affine_change_of_the_picture_is_undone_exactly() -> None:
    """A driving picture that is the source seen through A z + b gives the inverse everywhere."""
    source = keypoints(1)
    affine, shift = torch.tensor([[1.2, 0.3], [-0.1, 0.9]]), torch.tensor([0.1, -0.2])
    driving = KeypointBatch(source.places @ affine.T + shift, affine @ source.jacobians)
    grid = torch.rand(5, 7, 2)
    expected = (grid - shift) @ torch.linalg.inv(affine).T
    motions = first_order_motions(source, driving, grid)
    torch.testing.assert_close(motions, expected.expand(1, 4, -1, -1, -1), atol=1e-5, rtol=0)


def test_the_source_driven_by_itself_is_sampled_in_place() -> None:
    torch.manual_seed(0)
    generator = Generator(TINY).eval()
    image, known = torch.rand(1, 3, 64, 64), keypoints(2, count=10)
    flow, occlusion = generator.dense_motion_network(image, known, known)
    line = torch.linspace(-1, 1, 32)
    here = torch.stack(torch.meshgrid(line, line, indexing="xy"), -1)
    torch.testing.assert_close(flow[0], here, atol=1e-5, rtol=0)
    assert 0 < occlusion.min() <= occlusion.max() < 1


def test_features_that_were_encoded_before_give_the_same_picture() -> None:
    torch.manual_seed(0)
    generator = Generator(TINY).eval()
    image = torch.rand(1, 3, 64, 64)
    source, driving = keypoints(2, count=10), keypoints(3, count=10)
    with torch.no_grad():
        cached = generator(image, source, driving, features=generator.encode(image))
        torch.testing.assert_close(cached, generator(image, source, driving))
    assert cached.shape == image.shape


def save(path: Path, **changes: object) -> Path:
    torch.manual_seed(1)
    detector, generator = KeypointDetector(TINY), Generator(TINY)
    content = {"kp_detector": detector.state_dict(), "generator": generator.state_dict()}
    torch.save({**content, "epoch": 3, **changes}, path)
    return path


def test_a_checkpoint_survives_the_disk_even_without_the_batch_counters(tmp_path: Path) -> None:
    torch.manual_seed(1)
    expected = KeypointDetector(TINY).state_dict()
    older = {key: value for key, value in expected.items() if "num_batches" not in key}
    path = save(tmp_path / "old.pth.tar", kp_detector=older)
    networks = load_checkpoint(path)
    assert networks.configuration is TINY
    assert networks.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert not networks.detector.training
    assert not networks.generator.training
    for key, value in networks.detector.state_dict().items():
        torch.testing.assert_close(value, expected[key])


class Malicious:
    """Creates a file when it is unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.target,)


def refused(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    yield save(tmp_path / "evil.tar", epoch=Malicious(tmp_path / "ran")), "no readable checkpoint"
    text = tmp_path / "text.tar"
    text.write_text("hello")
    yield text, "no readable checkpoint"
    yield tmp_path / "absent.tar", "no readable checkpoint"
    yield save(tmp_path / "half.tar", generator=None), "no entry 'generator'"
    yield save(tmp_path / "empty.tar", kp_detector={}), "down.weight is missing and|is missing"
    other = {key: value[:1] for key, value in Generator(TINY).state_dict().items() if value.ndim}
    yield save(tmp_path / "other.tar", generator=other), "instead of"
    numbers = {key: 1.0 for key in KeypointDetector(TINY).state_dict()}
    yield save(tmp_path / "numbers.tar", kp_detector=numbers), "no entry 'kp_detector'"
    broken = {key: value * torch.nan for key, value in KeypointDetector(TINY).state_dict().items()}
    yield save(tmp_path / "broken.tar", kp_detector=broken), "holds NaN"


def test_what_is_no_such_checkpoint_is_refused_and_runs_nothing(tmp_path: Path) -> None:
    for path, message in refused(tmp_path):
        with pytest.raises(WeightsError, match=message):
            load_checkpoint(path)
    assert not (tmp_path / "ran").exists()
