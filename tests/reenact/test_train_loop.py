"""The loop: resuming, averaging, stopping, several processes, what is written to disk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch")

from capture.video import write_mp4  # noqa: E402
from reenact.fomm.checkpoint import load_checkpoint  # noqa: E402
from reenact.fomm.configuration import TINY  # noqa: E402
from reenact.train import checkpoints, held_out, loop  # noqa: E402
from reenact.train.averaging import follow, frozen_copy  # noqa: E402
from reenact.train.clips import Clip  # noqa: E402
from reenact.train.errors import TrainingError  # noqa: E402
from reenact.train.features import FeatureNetwork, load_features, save_features  # noqa: E402
from reenact.train.fomm_task import FommTask  # noqa: E402
from reenact.train.frames import Reel  # noqa: E402
from reenact.train.journal import Journal, read  # noqa: E402
from reenact.train.pairs import Batch, Pairs  # noqa: E402
from reenact.train.processes import Process, this_process  # noqa: E402
from reenact.train.settings import Settings  # noqa: E402
from reenact.train.task import Outcome, Task, seeded  # noqa: E402
from reenact.train.trainer import Trainer  # noqa: E402
from weights import WeightsError  # noqa: E402

ALONE = Process(torch.device("cpu"))
ROOT = Path(__file__).resolve().parents[2]
SETTINGS = Settings(
    batch_size=4, learning_rate=1e-2, steps=8, log_every=2, evaluate_every=4, adversarial=0.1,
    matching=1.0, adversarial_from=0.25, discriminator_width=4, discriminator_blocks=1,
)  # fmt: skip


class Recolour(Task):
    """Learns the driving frame from the source frame; noise and a norm make resuming harder."""

    parts = ("frame", "corner")

    def __init__(self) -> None:
        super().__init__()
        self.network = torch.nn.Sequential(
            torch.nn.Conv2d(3, 4, 3, padding=1), torch.nn.BatchNorm2d(4), torch.nn.Conv2d(4, 3, 1)
        )

    def forward(self, batch: Batch, *, draw: torch.Generator) -> Outcome:
        noise = 0.05 * torch.randn(batch["source"].shape, generator=draw)
        output = self.network(batch["source"] + noise)
        loss = (output - batch["driving"]).abs().mean()
        judged = {"frame": (output, batch["driving"])}
        judged["corner"] = (output[..., :8, :8], batch["driving"][..., :8, :8])
        return Outcome({"l1": loss}, judged)


def reels(folder: Path, people: str = "ab", side: int = 16) -> list[Reel]:
    made = []
    for index, person in enumerate(people):
        frames = np.random.default_rng(index).integers(0, 255, (6, side, side, 3), np.uint8)
        path = folder / f"{person}{side}.rgb"
        frames.tofile(path)
        made.append(Reel(Clip(person, Path(f"{person}.mp4")), path, 6, side))
    return made


def trainer(settings: Settings = SETTINGS) -> Trainer[Recolour]:
    torch.manual_seed(0)
    return Trainer(Recolour(), settings, ALONE)


def falling(task: Recolour) -> Mapping[str, float]:
    return {"score": float(task.network[0].weight.abs().sum())}


def train(
    folder: Path, data: Path, settings: Settings = SETTINGS, **options: object
) -> tuple[Trainer[Recolour], loop.Summary]:
    folder.mkdir(exist_ok=True)
    made = trainer(settings)
    evaluate = options.pop("evaluate", falling)
    summary = loop.run(made, Pairs(reels(data), repeats=6), evaluate, folder, **options)
    return made, summary


def states(made: Trainer[Recolour]) -> list[torch.Tensor]:
    state = made.state()
    parts = [state["task"], state["average"], state["adversary"]["network"]]
    return [value for part in parts for value in part.values()]


def test_a_resumed_run_ends_where_an_uninterrupted_one_does(tmp_path: Path) -> None:
    whole, _ = train(tmp_path / "whole", tmp_path)

    def stops(progress: float) -> None:
        if progress == 6 / 8:  # two steps after the last checkpoint, in the middle of an epoch
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(tmp_path / "halves", tmp_path, on_progress=stops)
    halves, summary = train(tmp_path / "halves", tmp_path, resume=True)
    assert summary.step == halves.step == 8
    for a, b in zip(states(whole), states(halves), strict=True):
        torch.testing.assert_close(a, b, atol=1e-6, rtol=1e-5)
    logs = [
        [(line["step"], line.get("terms")) for line in read(tmp_path / run / "log.jsonl")]
        for run in ("whole", "halves")
    ]
    assert [step for step, _ in logs[0]] == [2, 4, 4, 6, 8, 8]
    for (step, terms), (other, others) in zip(*logs, strict=True):
        assert step == other
        assert (terms is None) == (others is None)
        if terms:
            assert terms == pytest.approx(others, rel=1e-4)


def test_another_seed_ends_elsewhere(tmp_path: Path) -> None:
    first, _ = train(tmp_path / "one", tmp_path)
    second, _ = train(tmp_path / "two", tmp_path, replace(SETTINGS, seed=1))
    assert not torch.allclose(first.task.network[0].weight, second.task.network[0].weight)


def test_a_run_is_not_overwritten_nor_resumed_with_other_settings(tmp_path: Path) -> None:
    train(tmp_path / "run", tmp_path)
    with pytest.raises(TrainingError, match="holds a run"):
        train(tmp_path / "run", tmp_path)
    with pytest.raises(TrainingError, match="another learning_rate"):
        train(tmp_path / "run", tmp_path, replace(SETTINGS, learning_rate=1.0), resume=True)
    longer, _ = train(tmp_path / "run", tmp_path, replace(SETTINGS, steps=10), resume=True)
    assert longer.step == 10


def test_a_run_stops_when_held_out_people_gain_no_more_and_the_best_is_kept(
    tmp_path: Path,
) -> None:
    scores = iter([3.0, 1.0, 2.0, 1.5, 0.5])

    def evaluate(task: Recolour) -> Mapping[str, float]:
        return {"score": next(scores)}

    settings = replace(SETTINGS, steps=40, evaluate_every=2, patience=2)
    made, summary = train(tmp_path / "run", tmp_path, settings, evaluate=evaluate)
    assert (summary.step, summary.best_step, summary.best) == (8, 4, {"score": 1.0})
    assert summary.stopped_early
    best = Recolour()
    found = loop.load_best(best, tmp_path / "run")
    assert found["step"] == 4
    assert not best.training
    assert not torch.equal(best.network[0].weight, made.average.network[0].weight)
    again = loop.run(
        trainer(settings),
        Pairs(reels(tmp_path), repeats=6),
        evaluate,
        tmp_path / "run",
        resume=True,
    )
    assert again.step == 8 and again.stopped_early


def test_the_learning_rate_falls_at_the_milestones(tmp_path: Path) -> None:
    settings = replace(SETTINGS, milestones=(0.5, 0.75))
    train(tmp_path / "run", tmp_path, settings)
    lines = [line for line in read(tmp_path / "run/log.jsonl") if "terms" in line]
    assert [line["rate"] for line in lines] == pytest.approx([1e-2, 1e-2, 1e-3, 1e-4])


def test_a_budget_of_seconds_ends_the_run_and_lets_the_learning_rate_fall_in_time(
    tmp_path: Path,
) -> None:
    settings = replace(SETTINGS, steps=10**6, budget_s=0.3, log_every=1, evaluate_every=10**6)
    _, summary = train(tmp_path / "run", tmp_path, settings)
    assert 1 < summary.step < 10**4
    assert summary.best_step == summary.step  # it was evaluated when the time was up
    rates = [line["rate"] for line in read(tmp_path / "run/log.jsonl") if "terms" in line]
    assert rates[0] == pytest.approx(1e-2)
    assert rates[-1] < 2e-3
    with pytest.raises(TrainingError, match="budget"):
        Trainer(Recolour(), settings, Process(torch.device("cpu"), 0, 2))


def test_gradients_are_clipped(tmp_path: Path) -> None:
    made = trainer(replace(SETTINGS, gradient_clip=1e-3))
    taken: list[float] = []
    made._optimizer.register_step_pre_hook(
        lambda *_: taken.append(
            float(torch.stack([p.grad.norm() for p in made.task.parameters()]).norm())
        )
    )
    batch = torch.utils.data.default_collate([Pairs(reels(tmp_path))[i] for i in range(4)])
    terms = made.advance(batch)
    assert taken == pytest.approx([1e-3], rel=1e-3)
    assert float(terms["gradient"]) > 0.01


def test_a_loss_that_is_not_finite_ends_the_run(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="not finite at step"):
        train(tmp_path / "run", tmp_path, replace(SETTINGS, learning_rate=1e30, adversarial=0.0))


def test_the_discriminator_counts_from_its_step_on_and_learns_before(tmp_path: Path) -> None:
    made = trainer(replace(SETTINGS, steps=4, adversarial_from=0.5))
    batch = torch.utils.data.default_collate([Pairs(reels(tmp_path))[i] for i in range(4)])
    before = made.state()["adversary"]["network"]["members.corner.judges.0.score.bias"].clone()
    names = [set(made.advance(batch)) for _ in range(4)]
    assert [("fooling" in each, "judging" in each) for each in names] == [
        (False, True), (False, True), (True, True), (True, True),
    ]  # fmt: skip
    assert not torch.equal(
        made.state()["adversary"]["network"]["members.corner.judges.0.score.bias"], before
    )


def test_the_average_follows_and_is_not_trained() -> None:
    network = torch.nn.Sequential(torch.nn.Linear(2, 1), torch.nn.BatchNorm1d(1))
    average = frozen_copy(network)
    start = average[0].weight.clone()
    with torch.no_grad():
        network[0].weight += 1.0
        network[1].running_mean += 2.0
        network[1].num_batches_tracked += 5
    follow(average, network, decay=0.9, step=10_000)
    torch.testing.assert_close(average[0].weight, start + 0.1)
    torch.testing.assert_close(average[1].running_mean, torch.tensor([0.2]))
    assert int(average[1].num_batches_tracked) == 5
    assert not average[0].weight.requires_grad
    follow(average, network, decay=0.9, step=0)  # at first there is little to average
    assert float((average[0].weight - start).min()) > 0.8


def test_a_checkpoint_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "last.pt"
    checkpoints.save(path, {"step": 1, "value": torch.ones(2)})

    def breaks(content: object, file: object) -> None:
        file.write(b"half")  # type: ignore[attr-defined]
        raise OSError("disk full")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="disk full"):
        patch.setattr(checkpoints.torch, "save", breaks)
        checkpoints.save(path, {"step": 2})
    assert checkpoints.load(path)["step"] == 1
    assert [each.name for each in tmp_path.iterdir()] == ["last.pt"]
    torch.save({"step": 1}, path)
    with pytest.raises(TrainingError, match="no training checkpoint"):
        checkpoints.load(path)
    path.write_bytes(b"rubbish")
    with pytest.raises(WeightsError):
        checkpoints.load(path)


def test_the_journal_drops_what_will_be_repeated_and_draws_its_curves(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for step in (1, 2, 3):
        journal.write(step, terms={"loss": 1.0 / step}, held_out={"score": 0.1 * step})
    with (tmp_path / "log.jsonl").open("a") as file:
        file.write('{"step": 4, "te')
    journal = Journal(tmp_path, upto=2)
    assert [line["step"] for line in read(tmp_path / "log.jsonl")] == [1, 2]
    journal.plot()
    picture = cv2.imread(str(tmp_path / "log.png"))
    assert picture.shape[0] == 640  # two panels
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 10


def test_a_still_picture_scores_as_the_still_source(tmp_path: Path) -> None:
    made = reels(tmp_path)
    still = held_out.figures(made, lambda source, driving: source.expand_as(driving))
    assert still["l1"] == still["score"] == still["still l1"] > 0.1
    assert still["ratio"] == 1 and still["change"] == still["still change"] > 0.1

    def places(pictures: torch.Tensor) -> torch.Tensor:
        return pictures.mean(dim=(2, 3))[:, :, None].expand(-1, -1, 2)

    right = held_out.figures(made, lambda source, driving: driving.clone(), places=places)
    assert right["l1"] == right["change"] == right["ratio"] == right["keypoints"] == 0
    assert right["still keypoints"] > 0
    assert right["sharpness"] == pytest.approx(1)
    soft = held_out.figures(made, lambda s, d: torch.nn.functional.avg_pool2d(d, 3, 1, 1))
    assert 0 < soft["sharpness"] < 0.2


def test_a_sheet_has_source_driving_frame_and_output_of_each_clip(tmp_path: Path) -> None:
    made = reels(tmp_path)
    held_out.write_sheet(tmp_path / "s.png", made, lambda s, d: d, moments=3, side=20)
    sheet = cv2.imread(str(tmp_path / "s.png"))
    assert sheet.shape == (2 * 3 * 20, 3 * 20, 3)
    np.testing.assert_array_equal(sheet[20:40], sheet[40:60])
    assert np.abs(sheet[:20].astype(int) - sheet[20:40]).mean() > 10


def test_features_survive_the_disk_and_other_files_are_refused(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = FeatureNetwork((4, 8))
    save_features(network, tmp_path / "f.pt")
    loaded = load_features(tmp_path / "f.pt")
    picture = torch.rand(1, 3, 16, 16)
    for a, b in zip(network(picture), loaded(picture), strict=True):
        torch.testing.assert_close(a, b)
    checkpoints.save(tmp_path / "other.pt", {"step": 1})
    with pytest.raises(TrainingError, match="no feature network"):
        load_features(tmp_path / "other.pt")


def test_places_stay_precise_when_the_networks_run_in_half_precision() -> None:
    torch.manual_seed(0)
    task, pictures = FommTask(TINY).eval(), torch.rand(2, 3, 64, 64)
    batch = dict.fromkeys(("source", "driving", "neighbour"), pictures)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = task.kp_detector(pictures)
        outcome = task(batch, draw=seeded(0))
    assert found.places.dtype == found.jacobians.dtype == torch.float32
    assert all(torch.isfinite(term) for term in outcome.terms.values())
    assert outcome.judged["frame"][0].dtype == torch.float32


def test_the_motion_model_learns_all_its_parts(tmp_path: Path) -> None:
    """Every parameter gets a gradient: DistributedDataParallel demands it."""
    torch.manual_seed(0)
    task = FommTask(TINY, features=FeatureNetwork((4,)).requires_grad_(False))
    batch = torch.utils.data.default_collate([Pairs(reels(tmp_path, side=64))[i] for i in range(2)])
    outcome = task(batch, draw=seeded(0))
    assert set(outcome.terms) == {
        "reconstruction", "perceptual", "temporal", "equivariance places", "equivariance jacobians",
    }  # fmt: skip
    sum(outcome.terms.values()).backward()
    assert [name for name, p in task.named_parameters() if p.grad is None] == []
    assert not any("features" in name for name in task.state_dict())


def moving_square(path: Path, colour: int, frames: int = 4, side: int = 64) -> None:
    path.parent.mkdir(parents=True)
    pictures = np.full((frames, side, side, 3), 60, np.uint8)
    for index, picture in enumerate(pictures):
        picture[20:44, 8 * index + 4 : 8 * index + 28] = (colour, 200, 255 - colour)
    write_mp4(iter(pictures), path, fps=Fraction(25))


@pytest.fixture
def command(tmp_path: Path) -> Callable[..., list[str]]:
    for index, person in enumerate("abc"):
        moving_square(tmp_path / f"data/{person}/clip.mp4", 80 * index)

    def line(out: str, *more: str) -> list[str]:
        return [
            "-m", "reenact.train.fomm", "--config", "tiny", "--data", str(tmp_path / "data"),
            "-o", str(tmp_path / out), "--cache", str(tmp_path / "cache"), "--held-out", "0.3",
            "--repeats", "4", "--batch-size", "2", "--steps", "2", "--evaluate-every", "2",
            "--log-every", "1", "--device", "cpu", "--workers", "1", *more,
        ]  # fmt: skip

    return line


def test_the_command_trains_a_model_that_opens_as_a_published_one(
    tmp_path: Path, command: Callable[..., list[str]]
) -> None:
    done = subprocess.run([sys.executable, *command("run")], cwd=ROOT, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    run = tmp_path / "run"
    networks = load_checkpoint(run / "model.pth.tar")
    detector, generator = networks.detector, networks.generator
    picture = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        assert generator(picture, detector(picture), detector(picture)).shape == picture.shape
    assert cv2.imread(str(run / "sheet.png")).shape[0] == 3 * 160
    report = json.loads((run / "report.json").read_text())
    assert report["summary"]["step"] == 2 and report["summary"]["best"]["ratio"] > 0
    people = json.loads((run / "run.json").read_text())
    assert len(people["held_out"]) == 1 and len(people["trained_on"]) == 2
    more = command("more", "--start-from", str(run), "--learning-rate", "1e-12")
    assert subprocess.run([sys.executable, *more], cwd=ROOT, check=False).returncode == 0
    begun = [load_checkpoint(each / "model.pth.tar").generator for each in (run, tmp_path / "more")]
    for a, b in zip(*(network.parameters() for network in begun), strict=True):
        torch.testing.assert_close(a, b, atol=1e-6, rtol=0)
    again = subprocess.run([sys.executable, *command("run")], cwd=ROOT, capture_output=True)
    assert again.returncode == 4 and b"holds a run" in again.stderr


TWO = """
import sys
from pathlib import Path
import torch
sys.path.insert(0, sys.argv[1])
from test_train_loop import shared_run
shared_run(Path(sys.argv[2]))
"""


class Plain(Task):
    """Nothing random and no norm: what several processes learn can be told beforehand."""

    def __init__(self) -> None:
        super().__init__()
        self.network = torch.nn.Conv2d(3, 3, 3, padding=1)

    def forward(self, batch: Batch, *, draw: torch.Generator) -> Outcome:
        output = self.network(batch["source"])
        loss = (output - batch["driving"]).abs().mean()
        return Outcome({"l1": loss}, {"frame": (output, batch["driving"])})


def shared_run(folder: Path) -> None:
    """Train, alone or under torchrun; each process writes what it ended with."""
    torch.set_num_threads(1)
    with this_process("cpu") as process:
        torch.manual_seed(process.rank)  # the first process's weights count
        made = Trainer(Plain(), replace(SETTINGS, steps=6), process)
        out = folder / f"of {process.count}"
        out.mkdir(exist_ok=True)
        score = {"score": 1.0}
        loop.run(made, Pairs(reels(folder), repeats=6), lambda _: score, out)
        state = {name: made.state()[name] for name in ("task", "average", "adversary")}
        checkpoints.save(out / f"{process.rank}.pt", state)


def test_two_processes_learn_together_what_one_learns_alone(tmp_path: Path) -> None:
    shared_run(tmp_path)
    launch = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    script = tmp_path / "two.py"
    script.write_text(TWO)
    arguments = [str(script), str(Path(__file__).parent), str(tmp_path)]
    done = subprocess.run(
        [sys.executable, *launch, *arguments],
        cwd=ROOT, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    alone = checkpoints.load(tmp_path / "of 1/0.pt")
    for rank in range(2):
        together = checkpoints.load(tmp_path / f"of 2/{rank}.pt")
        for part in ("task", "average"):
            for key, value in alone[part].items():
                torch.testing.assert_close(together[part][key], value, atol=1e-5, rtol=1e-4)
        network = together["adversary"]["network"]
        for key, value in alone["adversary"]["network"].items():
            torch.testing.assert_close(network[key], value, atol=1e-4, rtol=1e-3)
    lines = [read(tmp_path / f"of {count}/log.jsonl") for count in (1, 2)]
    for one, two in zip(*lines, strict=True):
        if "terms" in one:
            assert two["terms"]["l1"] == pytest.approx(one["terms"]["l1"], rel=1e-4)


def test_cuda_that_is_asked_for_must_be_there() -> None:
    if torch.cuda.is_available():
        pytest.skip("there is one")
    with pytest.raises(TrainingError, match="CUDA was asked for"), this_process("cuda"):
        pass
