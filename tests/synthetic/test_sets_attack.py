import json
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from capture.audio import AudioClip
from consent.challenge import Challenge, statement_text
from consent.decision import WORTH_CHECKING
from consent.record import Purpose
from synthetic.masks import LABELS, Coverage
from synthetic.people import SAMPLE
from synthetic.person import Person
from synthetic.render import Scene
from synthetic.scenes import Shot
from synthetic.sets import attack, attack_crew, attack_heard, attack_seen, consent
from synthetic.sets import attack_pictures as pictures
from synthetic.sets import attack_sounds as sounds
from synthetic.sets.attack_crew import Crew
from synthetic.sets.attack_table import ATTACKS
from synthetic.sets.challenges import draw_challenge
from synthetic.sets.clips import Take
from synthetic.sets.items import make_item
from synthetic.sets.morphing import between
from synthetic.sets.options import Options
from synthetic.sets.studio import Look, Studio
from synthetic.speech import Phone, Utterance

SIZE = 48
WORDS = ("jungle", "anchor", "candle", "envelope")
TIMES = np.arange(6) / 25


def said(text, voice, seed):
    """Speech without an engine: every word lasts 0.1 s and hums at a pitch of its own."""
    rate, words = 8000, text.split()
    at = np.arange(int(0.1 * rate)) / rate
    samples = np.concatenate([np.sin(2 * np.pi * (200 + 7 * len(w)) * at) for w in words])
    phones = [Phone("a", i / 10, (i + 1) / 10, False, i) for i in range(len(words))]
    return Utterance(AudioClip((0.5 * samples).astype(np.float32), rate), tuple(phones), text)


@pytest.fixture
def crew(monkeypatch):
    """A crew whose frames are grey levels that count up, and whose speech is a hum."""
    monkeypatch.setattr(attack_crew, "statement_spoken", said)

    def recorded(person, statement, voice, seed):
        utterance = said(statement, voice, seed)
        performance = attack_crew.frozen(
            SimpleNamespace(fps=Fraction(25), coefficients=np.zeros((1, 52))),
            int(utterance.audio.duration * 25),
        )
        return Take(person, Shot(Scene()), performance, seed, utterance)

    monkeypatch.setattr(attack_crew, "recording", recorded)

    def rendered(take, studio, look):
        for index in range(len(take.performance)):
            yield np.full((SIZE, SIZE, 3), 30 + index, np.uint8)

    monkeypatch.setattr(Take, "rendered", rendered)
    return Crew(
        SAMPLE, Person(seed=1), "Ann Berg", WORDS, f"I am Ann Berg. {' '.join(WORDS)}.", "heart",
        5, Look(size=SIZE, samples=1), Studio(),
    )  # fmt: skip


def test_every_attack_says_which_known_check_should_notice():
    for name, kind in ATTACKS.items():
        assert set(kind.fails) <= set(WORTH_CHECKING), name
        assert kind.about.endswith(".")
        assert bool(kind.fails) == (name != "genuine")


def test_spoken_words_differ_from_those_asked_for(crew):
    wrong = attack_heard.wrong_word(crew).details["spoken_words"]
    assert sum(a != b for a, b in zip(wrong, WORDS, strict=True)) == 1
    swapped = attack_heard.word_order(crew).details["spoken_words"]
    assert sorted(swapped) == sorted(WORDS) and tuple(swapped) != WORDS
    old = attack_heard.old_challenge(crew)
    assert not set(old.details["spoken_words"]) & set(WORDS)
    assert old.details["spoken_words"][0] in old.take.utterance.text
    name = attack_heard.wrong_name(crew).details["spoken_name"]
    assert not set(name.split()) & {"Ann", "Berg"}


def test_a_held_photo_never_changes_but_for_noise(crew):
    staged = attack_seen.photo_still(crew)
    frames = list(staged.frames)
    assert len(frames) == len(staged.take.performance)
    assert all(np.array_equal(frame, frames[0]) for frame in frames)


def test_a_loop_shows_one_second_over_and_over(crew, monkeypatch):
    crew = replace(crew, statement="long " * 50)
    frames = list(attack_seen.loop(crew).frames)
    assert len(frames) == 125
    assert {int(frame[0, 0, 0]) for frame in frames} == set(range(80, 105))


def test_sound_is_late_or_early_by_more_than_lips_forgive(crew):
    staged = attack_heard.lips_out_of_sync(crew)
    assert 0.3 < abs(staged.details["sound_late_s"]) < 0.75
    assert staged.audio.duration == pytest.approx(len(staged.take.performance) / 25, abs=0.01)


def test_words_are_cut_in_where_others_were(crew):
    staged = attack_heard.sound_spliced(crew)
    assert len(staged.spans) == 4
    assert not set(staged.details["seen_words"]) & set(WORDS)


def test_shifted_sound_loses_none_of_its_end():
    clip = AudioClip(np.arange(1, 9, dtype=np.float32) / 10, 10)
    assert sounds.shifted(clip, 0.2).samples.tolist() == pytest.approx([0, 0, *clip.samples])
    assert sounds.shifted(clip, -0.2).samples.tolist() == pytest.approx(clip.samples[2:])


def test_cut_in_words_replace_exactly_their_span():
    clip = AudioClip(np.full(1000, 0.5, np.float32), 1000)
    word = AudioClip(np.full(300, 0.25, np.float32), 1000)
    mixed = sounds.with_words(clip, [(0.2, 0.4)], [word], gain=2.0).samples
    assert len(mixed) == 1000 - 200 + 300
    assert (mixed[:200] == 0.5).all() and (mixed[500:] == 0.5).all()
    assert mixed[350] == pytest.approx(0.5) and mixed[200] == 0


def test_a_print_moves_and_shows_the_room_around_it():
    photo = np.full((SIZE, SIZE, 3), 90, np.uint8)
    room = np.zeros((SIZE, SIZE, 3), np.uint8)
    frames = list(pictures.print_in_hand(photo, room, TIMES * 10, np.random.default_rng(0)))
    assert all(frame[0, 0].max() < 40 for frame in frames)
    assert all(60 < frame[SIZE // 2, SIZE // 2].mean() < 130 for frame in frames)
    assert any((frame != frames[0]).any() for frame in frames[1:])


def test_a_screen_has_a_rim_a_raster_and_bands_that_wander():
    film = (np.full((96, 96, 3), 120, np.uint8) for _ in TIMES)
    room = np.full((96, 96, 3), 200, np.uint8)
    frames = list(pictures.on_screen(film, room, TIMES, np.random.default_rng(1)))
    assert len(frames) == len(TIMES)
    inside = frames[0][30:66, 30:66].astype(float)
    assert frames[0].min() < 40
    assert inside.std() > 1.5
    assert np.abs(frames[0][30:66, 30:66].mean() - frames[3][30:66, 30:66].mean()) > 0.2


def test_a_swapped_face_takes_the_targets_colours_and_leaves_the_rest():
    rng = np.random.default_rng(0)
    target, source = (
        np.clip(rng.normal(mean, 10, (96, 96, 3)), 0, 255).astype(np.uint8) for mean in (90, 170)
    )
    labels = np.zeros((96, 96), np.uint8)
    labels[24:72, 24:72] = LABELS.index("face")
    parts = Coverage(labels, labels, labels)
    mixed = pictures.swapped(target, source, parts)
    assert np.array_equal(mixed[:12], target[:12])
    assert abs(mixed[40:56, 40:56].mean() - 90) < 4
    assert np.corrcoef(mixed[40:56, 40:56].ravel(), source[40:56, 40:56].ravel())[0, 1] > 0.95


def test_morphs_begin_and_end_with_the_two_faces():
    other = Person(seed=2, identity={"head-oval": 0.5}, sex="male")
    start, end = between(SAMPLE, other, 0.0), between(SAMPLE, other, 1.0)
    assert start == SAMPLE
    assert {n: v for n, v in end.identity.items() if v} == {"head-oval": 0.5}
    assert end.skin == other.skin
    assert end.hair == SAMPLE.hair
    half = between(SAMPLE, other, 0.5).skin.tone
    assert half[0] == pytest.approx((SAMPLE.skin.tone[0] + other.skin.tone[0]) / 2)


def test_an_attack_is_written_with_what_a_checker_should_say(crew, tmp_path):
    challenge = {**draw_challenge("Ann Berg", np.random.default_rng(0)).payload(), "signature": ""}
    item = attack.AttackItem(
        "p000_loop", SAMPLE, 3, Look(size=SIZE), "loop", Person(seed=1), challenge
    )
    make_item(item, tmp_path, Studio())
    truth = json.loads((tmp_path / "p000_loop" / "truth.json").read_text())
    assert truth["attack"] == "loop"
    assert truth["expected"]["accept"] is False
    assert "liveness" in truth["expected"]["any_of_these_checks_fails"]
    assert Challenge.load(tmp_path / "p000_loop" / "challenge.json").name == "Ann Berg"


def test_an_unknown_attack_is_refused():
    with pytest.raises(ValueError, match="no attack"):
        attack.plan(Options(attacks=("magic",)))


def test_a_consent_recording_answers_the_challenge_it_is_given(tmp_path):
    moment = datetime(2026, 5, 1, tzinfo=UTC)
    given = replace(
        draw_challenge("Ann Berg", np.random.default_rng(1)),
        issued_at=moment, expires_at=moment, purposes=frozenset({Purpose.SPEAK}),
    )  # fmt: skip
    given.save(tmp_path / "challenge.json")
    (item,) = consent.plan(Options(people=4, challenge=tmp_path / "challenge.json"))
    assert item.statement == given.statement
    assert item.statement == statement_text("Ann Berg", {Purpose.SPEAK}, given.code_words)
    assert item.code_words == given.code_words


def test_without_a_challenge_each_person_gets_one_of_their_own():
    items = consent.plan(Options(seed=3, people=3))
    assert len({item.code_words for item in items}) == 3
    assert all(item.person.name in item.statement for item in items)
    assert consent.plan(Options(seed=3, people=3)) == items


def test_turns_go_to_both_sides_and_end_in_front():
    performance = consent.turns(np.random.default_rng(0))
    yaw = np.rad2deg(performance.rotation[:, 1])
    assert yaw.max() > 27 and yaw.min() < -27
    assert abs(yaw[-1]) < 10
