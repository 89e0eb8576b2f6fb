import numpy as np

from audio2motion.training import sentences
from audio2motion.training.engines import HELD_OUT_LANGUAGES, jobs


def test_the_same_seed_says_the_same_and_another_something_else():
    said = [
        [sentences.text("en", rng) for _ in range(5)]
        for rng in (np.random.default_rng(seed) for seed in (1, 1, 2))
    ]
    assert said[0] == said[1] != said[2]


def test_there_are_many_languages_with_sentences_enough():
    assert len(sentences.sentences()) >= 15
    assert all(len(set(said)) >= 12 for said in sentences.sentences().values())


def test_english_uses_words_beyond_any_small_grammar():
    rng = np.random.default_rng(0)
    words = {word for _ in range(200) for word in sentences.english(rng).split()}
    assert len(words) > 400


def test_the_plan_has_no_job_twice_and_holds_languages_out():
    planned = [job.name for job in jobs()]
    assert len(set(planned)) == len(planned) > 300
    assert set(HELD_OUT_LANGUAGES) < {job.language for job in jobs()}
