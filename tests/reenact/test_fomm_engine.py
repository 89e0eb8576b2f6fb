"""The engine fomm: framing, driving pictures, rendering, and the command with a checkpoint."""

from __future__ import annotations

import dataclasses
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

torch = pytest.importorskip("torch")

from avatar.appearance import Appearance, Crop, Reference  # noqa: E402
from avatar.background import cut  # noqa: E402
from avatar.cli import main  # noqa: E402
from capture.landmark_rig import LandmarkRig  # noqa: E402
from capture.video import probe, read_frames, write_mp4  # noqa: E402
from consent import Registry, verify_output  # noqa: E402
from consent.verification import VerificationState  # noqa: E402
from reenact.fomm.checkpoint import Networks, load_checkpoint  # noqa: E402
from reenact.fomm.configuration import TINY  # noqa: E402
from reenact.fomm.driving import DrivingPicture, DrivingPictures  # noqa: E402
from reenact.fomm.engine import FommEngine  # noqa: E402
from reenact.fomm.framing import (  # noqa: E402
    FACE_SHARE,
    SLACK,
    Framing,
    SquareFollower,
    source_square,
)
from reenact.fomm.generator import Generator  # noqa: E402
from reenact.fomm.keypoint_detector import KeypointDetector  # noqa: E402
from reenact.fomm.runtime import Runtime  # noqa: E402
from reenact.motion.interface import Keypoints, MotionSource  # noqa: E402
from reenact.motion.learned import LearnedMotion  # noqa: E402
from reenact.transfer import Motion  # noqa: E402
from weights import MissingBackendError, WeightsError  # noqa: E402

SIDE = 256
CPU = Runtime.choose("cpu")


def face(scale: float = 600, x: float = 128, y: float = 120) -> NDArray[np.float32]:
    placed = LandmarkRig.load().neutral * np.array([scale, -scale, -scale], np.float32)
    return placed + np.array([x, y, 0], np.float32)


def appearance() -> Appearance:
    """A picture with low and high frequencies and a person in its middle."""
    rng = np.random.default_rng(0)
    picture = cut(rng.integers(0, 256, (16, 16, 3), dtype=np.uint8), Crop(0, 0, 16), SIDE)
    matte = np.zeros((SIDE, SIDE), np.uint8)
    matte[50:210, 60:200] = 255
    reference = Reference(image=picture, matte=matte, landmarks=face())
    return Appearance(
        frame=picture.copy(), crop=Crop(0, 0, SIDE), plate=picture.copy(), references=(reference,)
    )


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint of the tiny configuration whose keypoints lie apart and whose pictures vary."""
    torch.manual_seed(1)
    detector, generator = KeypointDetector(TINY), Generator(TINY)
    torch.nn.init.normal_(detector.kp.weight, std=0.5)
    torch.nn.init.normal_(generator.final.weight, std=0.2)
    path = tmp_path_factory.mktemp("fomm") / "tiny.pth.tar"
    states = {"kp_detector": detector.state_dict(), "generator": generator.state_dict()}
    torch.save(states, path)
    return path


@pytest.fixture
def networks(checkpoint: Path) -> Networks:
    return load_checkpoint(checkpoint)


def picture(seed: int, offset: tuple[float, float] = (0, 0)) -> DrivingPicture:
    rng = np.random.default_rng(seed)
    noise = cut(rng.integers(0, 256, (8, 8, 3), dtype=np.uint8), Crop(0, 0, 8), TINY.image_side)
    return DrivingPicture(noise, np.array(offset, np.float32))


def engine(networks: Networks, **settings: object) -> FommEngine:
    chosen = {"reference": picture(1), "rate": 25.0, "runtime": CPU, **settings}
    return FommEngine(appearance(), networks, **chosen)  # type: ignore[arg-type]


def test_the_driving_square_lies_around_a_face_as_the_crop_around_the_source() -> None:
    framing, square = Framing.of(appearance()), source_square(appearance())
    extent = float(np.ptp(face()[:, :2], axis=0).max())
    assert square.side == round(extent / FACE_SHARE)
    assert 0 <= square.x < square.x + square.side <= SIDE
    assert framing.around(face()) == square
    assert framing.around(face(x=168)) == Crop(square.x + 40, square.y, square.side)
    twice = framing.around(face(1200, 256, 240))
    assert twice == Crop(pytest.approx(2 * square.x, abs=1), pytest.approx(2 * square.y, abs=1),
                         2 * square.side)  # fmt: skip


def test_the_square_is_the_whole_crop_where_that_is_narrower() -> None:
    narrow = dataclasses.replace(appearance(), crop=Crop(70, 60, 110))
    assert source_square(narrow) == narrow.crop


def test_the_square_ignores_tremor_and_keeps_a_moving_head_in_view() -> None:
    follower = SquareFollower(Framing.of(appearance()), face())
    slack = round(SLACK * follower.start.side)
    tremor = np.random.default_rng(0).uniform(-slack / 2, slack / 2, 50)
    assert {follower.follow(face(x=128 + each)) for each in tremor} == {follower.start}
    gone = follower.follow(face(scale=900, x=328))
    start = follower.start  # the same side for a nearer head
    assert gone.side == start.side and abs(gone.x - (start.x + 200 - slack)) <= 1


@dataclass
class Seen:
    landmarks: NDArray[np.float32]


class FakeVideo:
    """A head with a bright spot on it that crosses the picture; not there in one frame."""

    path = Path("fake.mp4")

    def __init__(self, places: list[float | None], best: int) -> None:
        self.places, self.best = places, best

    def follow(self, *, stride: int = 1) -> Iterator[tuple[NDArray[np.uint8], Seen | None]]:
        for index, x in enumerate(self.places):
            frame = np.zeros((240, 600, 3), np.uint8)
            if x is None:
                yield frame, None
                continue
            frame[96:105, round(x) - 4 : round(x) + 5] = 255
            bent = face(x=x, y=100)
            bent[0, :2] += 0 if index == self.best else 60
            yield frame, Seen(bent)


def test_a_head_moves_as_far_as_it_does_whether_the_square_follows_or_not() -> None:
    places = [128, 130, None, 200, 330, 420]
    pictures = DrivingPictures(FakeVideo(places, best=1), appearance(), side=64)  # type: ignore[arg-type]
    found = []
    for frame in pictures:
        if frame.image is None:
            found.append(None)
            continue
        columns = np.nonzero(frame.image[..., 0] > 128)[1]
        found.append(columns.mean() + frame.offset[0])
    assert found[2] is None
    shifts = [x - found[1] for x in found if x is not None]
    scale = 64 / source_square(appearance()).side
    expected = [(x - 130) * scale for x in places if x is not None]
    np.testing.assert_allclose(shifts, expected, atol=0.6)
    # frame 1 looks like the source and is the reference
    columns = np.nonzero(pictures.reference.image[..., 0] > 128)[1]  # type: ignore[index]
    assert columns.mean() == pytest.approx(found[1], abs=0.1)


def test_the_learned_source_moves_what_it_saw(networks: Networks) -> None:
    source = picture(3).image
    learned = LearnedMotion(networks, source, runtime=CPU)  # type: ignore[arg-type]
    motion: MotionSource[Keypoints] = learned
    still = motion.dense(learned.source)
    line = np.linspace(0, TINY.image_side - 1, 32, dtype=np.float32)
    np.testing.assert_allclose(still.flow, np.stack(np.meshgrid(line, line), -1), atol=1e-3)
    assert 0 <= still.occlusion.min() <= still.occlusion.max() <= 1
    moved = Keypoints(learned.source.points + np.float32(5), learned.source.jacobians.copy())
    flow = motion.dense(moved).flow
    shift = (flow - still.flow).reshape(-1, 2)
    assert (shift.max() < 1e-3) and (shift.min() < -2)  # taken from where it was, or left alone
    np.testing.assert_allclose(
        motion.sparse(moved).at(moved.points)[0, 0], learned.source.points[0]
    )
    full = learned.places(learned.tensors(moved)[0])
    np.testing.assert_allclose(full[0, 0], flow[0, 0], atol=1e-4)
    np.testing.assert_allclose(full[-1, -1], flow[-1, -1], atol=1e-4)


def test_the_reference_frame_gives_the_source_unmoved(networks: Networks) -> None:
    head = engine(networks).render(picture(1))
    square = source_square(appearance())
    size = round(SIDE * 64 / square.side)
    assert head.image.shape == (size, size, 3) and head.matte is not None
    face_at = np.array([120, 128]) * size // SIDE
    assert head.moved[*face_at] == 1 and head.moved[:4, :4].max() == 0
    assert head.matte[*face_at] == 255 and head.matte[0, 0] == 0
    beyond = head.moved == 0
    still = cut(appearance().frame, appearance().crop, size)
    corner = np.s_[: square.y * 64 // square.side]
    np.testing.assert_array_equal(head.image[corner], still[corner])
    assert 0.2 < beyond.mean() < 0.8


def test_another_frame_moves_the_person_and_absolute_motion_differs(networks: Networks) -> None:
    follows = engine(networks)
    still, moved = follows.render(picture(1)).image, follows.render(picture(5)).image
    assert np.abs(still.astype(int) - moved).max() > 0
    absolute = engine(networks, motion=Motion.ABSOLUTE).render(picture(1)).image
    assert np.abs(still.astype(int) - absolute).max() > 0


def test_without_a_face_the_last_pose_is_held(networks: Networks) -> None:
    follows = engine(networks)
    gone = DrivingPicture(None, np.zeros(2, np.float32))
    before = follows.render(gone).image
    np.testing.assert_array_equal(before, follows.render(picture(1)).image)
    moved = follows.render(picture(5)).image
    np.testing.assert_array_equal(moved, follows.render(gone).image)


def test_the_source_is_encoded_once(networks: Networks, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    encode = Generator.encode
    monkeypatch.setattr(
        Generator, "encode", lambda *arguments: calls.append(1) or encode(*arguments)
    )
    follows = engine(networks)
    for seed in range(3):
        follows.render(picture(seed))
    assert len(calls) == 1


def test_a_lower_precision_gives_the_same_picture_but_for_rounding(networks: Networks) -> None:
    exact = engine(networks).render(picture(5)).image
    half = Runtime(torch.device("cpu"), torch.bfloat16)
    rounded = engine(networks, runtime=half).render(picture(5)).image
    assert 0 < np.abs(exact.astype(int) - rounded).mean() < 4


def test_a_detector_that_finds_nothing_usable_is_refused(networks: Networks) -> None:
    with torch.no_grad():
        networks.detector.jacobian.weight.zero_()
        networks.detector.jacobian.bias.zero_()
        collapsed = engine(networks)
        with pytest.raises(WeightsError, match="cannot be inverted"):
            collapsed.render(picture(5))
        networks.detector.jacobian.bias.fill_(torch.inf)
    with pytest.raises(WeightsError, match="no finite keypoints"):
        engine(networks)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_the_device_that_is_used_is_told_and_one_that_is_absent_is_an_error() -> None:
    assert Runtime.choose("auto").name == "cpu"
    with pytest.raises(MissingBackendError, match="CUDA") as caught:
        Runtime.choose("cuda")
    assert caught.value.exit_code == 6


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
def test_on_cuda_the_picture_is_the_same_but_for_rounding(networks: Networks) -> None:
    exact = engine(networks).render(picture(5)).image
    fast = engine(networks, runtime=Runtime.choose("cuda"))
    assert fast.device.startswith("cuda")
    assert np.abs(exact.astype(int) - fast.render(picture(5)).image).mean() < 4


@pytest.fixture
def run(
    enrolled: object, tiny_clip: Callable[..., Path], tmp_path: Path, capfd: pytest.CaptureFixture
) -> Callable[..., tuple[int, str]]:
    """`run(*options)` lets the test person follow eight frames; returns code and stderr."""
    driving = tmp_path / "driving.mp4"
    frames = (frame for _, frame in zip(range(8), read_frames(tiny_clip(seed=3)), strict=False))
    write_mp4(frames, driving, fps=Fraction(25))

    def call(*options: object, home: Path | None = None) -> tuple[int, str]:
        capfd.readouterr()
        words = ["reenact", enrolled.subject_id, "--driving", driving]  # type: ignore[attr-defined]
        words += ["-o", tmp_path / "out.mp4", "--engine", "fomm", *options]
        words += ["--home", home or enrolled.home]  # type: ignore[attr-defined]
        return main([str(word) for word in words]), capfd.readouterr().err

    return call


def test_the_command_animates_an_avatar_and_proves_with_what(
    run: Callable[..., tuple[int, str]], enrolled: object, checkpoint: Path, tmp_path: Path
) -> None:
    code, told = run("--checkpoint", checkpoint, "--device", "cpu", "--size", 300)
    assert code == 0
    assert "renders 64 px, whatever the size: 300 px was not used" in told
    out = tmp_path / "out.mp4"
    info = probe(out)
    assert (info.frame_count, info.fps, info.width) == (8, 25, 256)
    details = json.loads(out.with_suffix(".json").read_text())["details"]
    assert details["options"]["engine"] == "fomm" and details["options"]["size"] == 64
    digest = sha256(checkpoint.read_bytes()).hexdigest()
    assert f"fomm-checkpoint:{digest}" in details["weights"]
    with Registry.open(enrolled.home) as registry:  # type: ignore[attr-defined]
        assert verify_output(out, registry=registry).state is VerificationState.VALID
    frames = np.stack(list(read_frames(out))).astype(int)
    assert np.abs(frames[-1] - frames[0])[90:150, 90:160].max() > 5


def test_a_revoked_consent_refuses_this_engine_too(
    run: Callable[..., tuple[int, str]], enrolled: object, checkpoint: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(enrolled.home, home)  # type: ignore[attr-defined]
    with Registry.open(home) as registry:
        registry.revoke(enrolled.subject_id, reason="changed my mind")  # type: ignore[attr-defined]
    code, _ = run("--checkpoint", checkpoint, home=home)
    assert code == 3
    assert not (tmp_path / "out.mp4").exists()


def test_no_or_a_wrong_checkpoint_ends_with_5_and_says_where_one_comes_from(
    run: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    for options in ((), ("--checkpoint", tmp_path / "absent.tar")):
        code, told = run(*options)
        assert code == 5
        assert "vox-cpk.pth.tar" in told and "authors" in told and "commercial" in told
    text = tmp_path / "text.tar"
    text.write_text("hello")
    code, told = run("--checkpoint", text)
    assert code == 5 and "text.tar is no readable checkpoint" in told
    assert not (tmp_path / "out.mp4").exists()


def test_without_torch_the_command_ends_with_6(
    run: Callable[..., tuple[int, str]], checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    code, told = run("--checkpoint", checkpoint)
    assert code == 6 and "countenance[torch]" in told


def test_what_this_engine_cannot_control_is_refused(
    run: Callable[..., tuple[int, str]], checkpoint: Path
) -> None:
    code, told = run("--checkpoint", checkpoint, "--region", "lips")
    assert code == 2 and "lips" in told
    code, told = run("--checkpoint", checkpoint, "--still")
    assert code == 2 and "controlled" in told


def test_a_checkpoint_for_the_default_engine_is_a_mistake(
    run: Callable[..., tuple[int, str]], checkpoint: Path
) -> None:
    code, told = run("--checkpoint", checkpoint, "--engine", "first-order")
    assert code == 2 and "--engine fomm" in told
