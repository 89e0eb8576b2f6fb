"""Choosing voices, and the engines that are installed."""

# ruff: noqa: RUF001 (phonetic symbols, punctuation of other scripts)

import json

import numpy as np
import pytest

from audio2motion.errors import ModelFileError, TextError
from audio2motion.text import espeak_voice, hibari_voice, piper_voice
from audio2motion.text.engines import closing_sign
from audio2motion.text.sessions import output_of
from audio2motion.text.voices import choose_voice, installed_voices, open_voice
from capture.errors import MissingBackendError

with_espeak = pytest.mark.skipif(
    espeak_voice.find_library() is None, reason="eSpeak NG is not installed"
)
with_english = pytest.mark.skipif(
    piper_voice.joe_path() is None or not hibari_voice.is_installed(),
    reason="the voices of the extra `voices` are not installed",
)


def say(voice, language, *parts):
    with open_voice(choose_voice(voice, language, text="".join(parts)), seed=0) as engine:
        samples, phones = engine.say(parts, ends=True)
    return samples, engine.sample_rate, phones


@with_english
@pytest.mark.parametrize("voice", ["joe", "heart"])
def test_a_packaged_voice_tells_which_part_each_phone_belongs_to(voice):
    samples, rate, phones = say(voice, None, "Bob ", "may ", "pay.")
    heard = [phone for phone in phones if phone.symbol]
    firsts = [next(p.symbol for p in heard if p.part == part) for part in range(3)]
    assert firsts == ["b", "m", "p"]
    assert [phone.part for phone in heard] == sorted(phone.part for phone in heard)
    assert heard[-1].stop_s <= len(samples) / rate
    middle = int(rate * (heard[1].start_s + heard[1].stop_s) / 2)  # of the vowel of "Bob"
    assert np.abs(samples[middle - 200 : middle + 200]).max() > 0.05


@with_english
def test_the_best_voice_for_english_is_a_packaged_one_and_repeats_itself():
    assert choose_voice(None, None, text="Hello").name == "joe"
    first, second = (say(None, "en-US", "A puppy.")[0] for _ in range(2))
    assert np.array_equal(first, second)


@with_espeak
@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "Früh", "f r yː"),
        ("ja", "とも", "t o̞ m o̞"),
        ("zh", "ni3", "n i"),
        ("fr", "bon", "b ɔ̃"),
    ],
)
def test_other_languages_are_espeaks_with_exact_phones(language, text, expected):
    _, _, phones = say(None, language, text)
    assert [phone.symbol for phone in phones if phone.symbol] == expected.split()
    assert all(phone.stop_s > phone.start_s for phone in phones)


@with_espeak
def test_a_variant_of_a_voice_sounds_otherwise():
    plain, variant = (say(name, None, "Hello.")[0] for name in ("espeak:en-gb", "espeak:en-gb+f3"))
    assert plain.shape != variant.shape or not np.allclose(plain, variant)


@with_espeak
def test_a_script_that_would_be_spelled_out_is_refused():
    with pytest.raises(TextError, match="cannot read this script") as caught:
        say(None, "zh", "你好朋友")
    assert "pinyin" in caught.value.hint


@with_espeak
def test_what_is_no_phone_is_nothing():
    samples, _, phones = say(None, "de", "  ")
    assert len(samples) == 0
    assert phones == []


@with_espeak
def test_every_installed_voice_has_a_language_and_a_licence():
    voices = installed_voices()
    assert len(voices) > 50
    assert all(voice.language and voice.licence for voice in voices)


@pytest.mark.parametrize(
    ("voice", "language", "hint"),
    [
        ("jo", None, "'joe'"),
        ("nobody", None, "avatar voices"),
        ("none.onnx", None, "avatar voices"),
        pytest.param("joe", "de", "Leave", marks=with_english),
        pytest.param(None, "xx-klingon", "avatar voices", marks=with_espeak),
        pytest.param("espeak:english", None, "avatar voices", marks=with_espeak),
    ],
)
def test_a_voice_that_is_not_there_is_told(voice, language, hint):
    with pytest.raises(TextError) as caught:
        choose_voice(voice, language, text="Hello")
    assert hint in caught.value.hint


def test_letters_that_are_not_latin_need_a_language():
    with pytest.raises(TextError, match="no language") as caught:
        choose_voice(None, None, text="Привет, мир")
    assert "--language" in caught.value.hint


def test_without_any_engine_the_hints_say_how_to_install_one(monkeypatch):
    monkeypatch.setattr(espeak_voice, "find_library", lambda: None)
    monkeypatch.setattr(piper_voice, "joe_path", lambda: None)
    monkeypatch.setattr(hibari_voice, "is_installed", lambda: False)
    assert installed_voices() == []
    for voice, language in ((None, None), (None, "de"), ("joe", None), ("heart", None)):
        with pytest.raises(MissingBackendError) as caught:
            choose_voice(voice, language, text="Hello")
        assert caught.value.exit_code == 6
        assert "nstall" in caught.value.hint
    with pytest.raises(MissingBackendError):
        choose_voice("espeak", None, text="Hello")


def description(**changed):
    return {
        "audio": {"sample_rate": 22050},
        "espeak": {"voice": "de"},
        "inference": {"noise_scale": 0.6, "length_scale": 1, "noise_w": 0.8},
        "num_speakers": 2,
        "phoneme_id_map": {"_": [0], "^": [1], "$": [2]},
        **changed,
    }


@pytest.mark.parametrize(
    "written", [None, "{", "[]", "{}", json.dumps(description(phoneme_type="text"))]
)
def test_what_is_no_piper_voice_is_refused(tmp_path, written):
    model = tmp_path / "voice.onnx"
    model.write_bytes(b"not a model")
    if written is not None:
        (tmp_path / "voice.onnx.json").write_text(written)
    with pytest.raises(ModelFileError, match=r"voice\.onnx"):
        choose_voice(str(model), None, text="Hallo")


def test_a_piper_voice_of_several_speakers_is_chosen_by_number(tmp_path):
    model = tmp_path / "voice.onnx"
    model.write_bytes(b"not a model")
    (tmp_path / "voice.onnx.json").write_text(json.dumps(description()))
    voice = choose_voice(f"{model}#1", "de-DE", text="Hallo")
    assert (voice.speaker, voice.language) == (1, "de")
    assert voice.record()["voice"] == "voice.onnx#1"  # and no folder
    with pytest.raises(TextError, match="no speaker"):
        choose_voice(f"{model}#2", None, text="Hallo")
    assert output_of(model, "Ceil") is None


@with_english
def test_the_tensor_of_lengths_is_found_in_the_graph():
    assert output_of(piper_voice.need_joe(), "Ceil") == "/Ceil_output_0"


def test_the_sign_after_a_sentence_is_read_in_any_script():
    assert [closing_sign(text) for text in ("Yes!”", "はい。", "是？", "so…", "no")] == [
        "!",
        ".",
        "?",
        ".",
        "",
    ]
