"""Batches, losses, the training run and the export of the mouth network."""

import json

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from audio2motion.corpus import CHANNELS  # noqa: E402
from audio2motion.front_end import COLUMNS, LEVEL, MEL, PHONES  # noqa: E402
from audio2motion.network import CONTEXT, GEOMETRY, read_network  # noqa: E402
from audio2motion.training import batches, evaluate, export, ladder, losses, train  # noqa: E402
from audio2motion.training.batches import Sampler, Shard, cut, to_judge_by, to_train_on  # noqa: E402
from audio2motion.training.network import LipModule  # noqa: E402
from audio2motion.visemes import SHOWN  # noqa: E402
from weights import open_session  # noqa: E402

GAP = len(CHANNELS)


def make_shard(name: str, *, real: bool, utterances: int = 12, frames: int = 100) -> Shard:
    """Phones that say the class plainly, and a lip gap that follows whether it is a vowel."""
    rng = np.random.default_rng(len(name))
    count = utterances * frames
    viseme = np.repeat(rng.integers(0, len(SHOWN), count // 25 + 1), 25)[:count]
    inputs = rng.normal(0, 0.1, (count, COLUMNS))
    inputs[:, PHONES] -= 0.8
    inputs[np.arange(count), viseme] += 1.8
    inputs[:, LEVEL] = viseme > 0
    motion = rng.normal(0, 0.003, (count, len(CHANNELS) + len(GEOMETRY)))
    smooth = np.convolve(viseme >= SHOWN.index("aa"), np.ones(9) / 9, "same")
    motion[:, GAP] += 0.15 * smooth
    motion[:, 0] += 0.3 * smooth
    motion[:, GAP + 1] += 0.02 * np.convolve(viseme == SHOWN.index("ou"), np.ones(9) / 9, "same")
    return Shard(
        name=name,
        inputs=inputs.astype(np.float16),
        viseme=viseme.astype(np.int8),
        motion=motion.astype(np.float16),
        still=viseme == 0,
        start=np.arange(utterances) * frames,
        voice=name,
        language="en",
        engine="grid" if real else "made",
        real=real,
    )


@pytest.fixture(scope="module")
def shards() -> list[Shard]:
    return [
        make_shard("grid-0", real=True),
        make_shard("grid-1", real=True),
        make_shard("train-a", real=False),
        make_shard("train-bb", real=False),
        make_shard("valid-a", real=False, utterances=3),
        make_shard("heldout-engine", real=False, utterances=3),
    ]


@pytest.fixture(scope="module")
def trained(shards, tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    run = train.Run(shards, folder, tiny())
    run.train()
    return run


def tiny(**changes: object) -> train.Settings:
    facts = {"budget_s": 1e9, "steps": 24, "batch": 4, "width": 24, "every": 12}
    facts |= {"warm_up": 4, "learning_rate": 1e-2} | changes
    return train.Settings(**facts)


def test_held_out_clips_and_voices_are_not_trained_on(shards):
    chosen = to_train_on(shards)
    real, voices = to_judge_by(shards)
    assert {one.shard.name for one in chosen} == {"grid-0", "grid-1", "train-a", "train-bb"}
    assert {(one.shard.name, one.start) for one in real} == {("grid-0", 0), ("grid-0", 1000)}
    assert all(one.start not in (0, 1000) for one in chosen if one.shard.real)
    assert {one.shard.name for one in voices} == {"valid-a"}


def test_half_of_what_is_drawn_is_real(shards):
    chosen = to_train_on(shards)
    share = batches.shares(chosen)
    assert share.sum() == pytest.approx(1)
    assert share[[one.shard.real for one in chosen]].sum() == pytest.approx(batches.REAL_SHARE)


def test_beyond_its_ends_an_utterance_repeats_them_and_has_no_label(shards):
    one = to_train_on(shards)[3]
    inputs, _, viseme, _, inside = cut(one, -10, 40)
    first = one.shard.inputs[one.start].astype(np.float32)
    assert (inputs[: CONTEXT + 10] == first).all()
    assert not inside[:10].any()
    assert inside[10:].all()
    assert (viseme[:10] == -1).all()


def test_disturbing_spares_no_part_for_long(shards):
    plain = np.stack([cut(one, 0, 40)[0] for one in to_train_on(shards)])
    disturbed = plain.copy()
    batches.disturb(disturbed, np.random.default_rng(0))
    assert np.isfinite(disturbed).all()
    spread = [disturbed[..., part].std(axis=1).mean(axis=1) for part in (PHONES, MEL)]
    assert (spread[0] < 0.05).any()  # without phones
    assert not ((spread[0] < 0.05) & (spread[1] < 0.05)).any()


def test_the_right_answer_costs_nothing_and_open_bilabials_cost(shards):
    batch = Sampler(to_train_on(shards), np.random.default_rng(0)).draw(16)

    class Knowing(LipModule):
        def forward(self, inputs, stride=1):
            sound = torch.zeros((*batch.viseme.shape, len(SHOWN) + 3))
            return batch.motion + self.opened, sound

    module = Knowing(COLUMNS, width=8)
    module.opened = 0.0
    right = losses.terms(module, batch, losses.Weights(), 0.15)
    assert right["position"].item() == 0
    assert right["velocity"].item() == 0
    assert right["concordance"].item() == pytest.approx(0, abs=0.01)
    module.opened = 0.05
    opened = losses.terms(module, batch, losses.Weights(), 0.15)
    assert opened["closure"] > right["closure"] + 0.1
    assert opened["lip_distance"] > 0


def test_training_learns_and_logs(trained):
    lines = [json.loads(line) for line in (trained.folder / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [12, 24]
    assert lines[-1]["terms"]["visemes"] < lines[0]["terms"]["visemes"]
    assert lines[-1]["voices"]["frames_right"] > 0.3
    assert (trained.folder / "log.png").stat().st_size > 0


def test_a_seed_gives_one_network(trained, shards, tmp_path):
    again = train.Run(shards, tmp_path, tiny())
    again.train()
    pairs = zip(trained.average.parameters(), again.average.parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)


def test_a_run_goes_on_where_it_stopped(trained, shards, tmp_path):
    first = train.Run(shards, tmp_path, tiny(steps=12))
    first.train()
    second = train.Run(shards, tmp_path, tiny())
    second.resume()
    assert second.step == 12
    second.train()
    assert second.step == 24


def test_the_exported_network_says_what_it_was_trained_to(trained, shards):
    told = export.description(shards[0])
    ensemble = export.Ensemble([export.read_module(trained.folder / "best.pt")])
    content = export.to_onnx(ensemble, told)
    network = read_network(open_session(content, name="lips"))
    one = to_judge_by(shards)[1][0]
    lips = network.run(one.shard.inputs[one.start : one.stop].astype(np.float32))
    spoken = evaluate.speak(export.read_module(trained.folder / "best.pt"), [one])[0]
    np.testing.assert_allclose(lips.curves, spoken.motion[:, :GAP], atol=1e-4)
    assert (lips.visemes.argmax(axis=1) == spoken.viseme).mean() > 0.99
    assert network.visemes == SHOWN


def test_an_ensemble_says_the_mean_of_its_members(trained, shards):
    plain = export.read_module(trained.folder / "best.pt")
    other = train.LipModule(COLUMNS, width=16).eval()
    inputs = torch.randn(1, 60, COLUMNS)
    with torch.no_grad():
        wanted = [(a + b) / 2 for a, b in zip(plain(inputs), other(inputs), strict=True)]
        found = export.Ensemble([plain, other])(inputs)
    for a, b in zip(found, wanted, strict=True):
        torch.testing.assert_close(a, b)


def test_stretching_gives_the_spread_of_what_is_imitated(trained, shards):
    plain = export.Ensemble([export.read_module(trained.folder / "best.pt")])
    rest = export.postures(shards[0])["rest"]
    clips = to_judge_by(shards)[0]
    after = evaluate.speak(export.stretched(plain, shards[0], rest), clips)
    real = np.concatenate([one.truth[:, GAP] for one in after]).std()
    moved = np.concatenate([one.motion[:, GAP] for one in after]).std()
    before = evaluate.speak(export.read_module(trained.folder / "best.pt"), clips)
    less = np.concatenate([one.motion[:, GAP] for one in before]).std()
    wanted = less * np.clip(real / less, 1, export.LARGEST_STRETCH)
    assert moved == pytest.approx(wanted, rel=1e-3)


def test_widening_adds_to_width_what_the_gap_tells(trained, shards):
    one = to_judge_by(shards)[0][1:]
    plain = export.Ensemble([export.read_module(trained.folder / "best.pt")])
    lips = export.lip_map(shards[0])
    lips[1] = 0.1
    before = evaluate.speak(plain, one)[0].motion
    after = evaluate.speak(export.widened(plain, lips), one)[0].motion
    gap, width = before[:, GAP], before[:, GAP + 1]
    np.testing.assert_allclose(after[:, GAP + 1], width + export.WIDENING * gap, atol=1e-5)
    np.testing.assert_allclose(after[:, GAP], gap, atol=1e-6)
    moved = (after - before)[:, :GAP] @ lips[1]
    np.testing.assert_allclose(moved, export.WIDENING * gap, atol=1e-5)


def test_ridge_finds_a_linear_world(shards):
    ridge = ladder.Ridge.fit(to_train_on(shards[:1]))
    one = to_judge_by(shards[:1])[0][1]
    part = slice(one.start, one.stop)
    lips = ridge.lips(one.shard.inputs[part].astype(np.float32))
    real = one.shard.motion[part, GAP].astype(np.float32)
    assert np.corrcoef(lips[:, 0], real)[0, 1] > 0.5
