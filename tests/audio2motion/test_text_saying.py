"""Saying a script, whoever the voice is: times, loudness, lips, gestures and moods."""

import wave
from itertools import pairwise

import numpy as np
import pytest

from audio2motion.behaviour import Manner
from audio2motion.decoder import Decoder
from audio2motion.errors import TextError
from audio2motion.gains import NATURAL
from audio2motion.phonetics import Segment
from audio2motion.stream import USUAL_FPS
from audio2motion.text.directing import directed, directions_record
from audio2motion.text.lips import TextLips
from audio2motion.text.phones import Phone
from audio2motion.text.saying import LEAD_S, say
from audio2motion.text.script import read_script

RATE = 8000
PHONE_S = 0.1


class Spelling:
    """A voice that hums every letter for a tenth of a second, and is silent between words."""

    sample_rate = RATE

    def say(self, parts, *, ends):
        letters = [(c, part) for part, text in enumerate(parts) for c in text.lower()]
        phones = [
            Phone(c if c.isalpha() else "", i * PHONE_S, (i + 1) * PHONE_S, False, part=part)
            for i, (c, part) in enumerate(letters)
        ]
        heard = np.repeat([c.isalpha() for c, _ in letters], round(PHONE_S * RATE))
        return 0.5 * heard.astype(np.float32), phones

    def close(self):
        pass


def spoken(tmp_path, written):
    return say(read_script(written), Spelling(), tmp_path / "speech.wav")


def samples_of(said):
    with wave.open(str(said.sound)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32767


def test_directions_happen_at_the_word_they_stand_before(tmp_path):
    said = spoken(tmp_path, "Abe [nod] can [happy]see a[/happy] map. [smile] On.")
    times = {cue.name: (cue.start_s, cue.stop_s) for cue in said.cues}
    first = LEAD_S + 5 * PHONE_S  # A, b, e, and two blanks: one on either side of the direction
    assert times["nod"] == pytest.approx((first, first))
    assert times["happy"] == pytest.approx((first + 4 * PHONE_S, first + 9 * PHONE_S))
    on = [segment for segment in said.segments if segment.start_s > times["happy"][1] + 0.5]
    assert times["smile"][0] == pytest.approx(on[0].start_s)


def test_a_direction_after_the_last_word_happens_when_it_ends(tmp_path):
    said = spoken(tmp_path, "Go on. [smile]")
    assert said.cues[0].start_s == pytest.approx(LEAD_S + 5 * PHONE_S)
    assert said.duration_s > said.cues[0].start_s + 1.5  # there is time to smile


def test_what_holds_for_a_sentence_ends_with_it(tmp_path):
    said = spoken(tmp_path, "[sad]Go on.[/sad] Go.")
    assert said.cues[0].stop_s == pytest.approx(LEAD_S + 5 * PHONE_S)


def test_a_pause_is_silent_and_as_long_as_asked(tmp_path):
    said = spoken(tmp_path, "Go [pause 1.5] on")
    gaps = [later.start_s - sooner.stop_s for sooner, later in pairwise(said.segments)]
    assert max(gaps) == pytest.approx(1.5 + 2 * PHONE_S, abs=1e-3)  # and the blanks beside it
    assert said.duration_s == pytest.approx(len(samples_of(said)) / RATE)


def test_emphasis_is_louder_and_nothing_else_is(tmp_path):
    plain, loud = (
        samples_of(spoken(tmp_path, text)) for text in ("aa bb cc", "aa [emphasis]bb[/emphasis] cc")
    )
    middle = slice(round((LEAD_S + 0.35) * RATE), round((LEAD_S + 0.45) * RATE))
    assert np.allclose(loud[middle], 1.4 * plain[middle], atol=1e-3)
    assert np.allclose(loud[: round((LEAD_S + 0.2) * RATE)], plain[: round((LEAD_S + 0.2) * RATE)])


def test_a_text_of_which_nothing_is_heard_is_an_error(tmp_path):
    with pytest.raises(TextError, match="no word"):
        spoken(tmp_path, "123")


def test_moods_nest_and_end_with_their_words(tmp_path):
    said = spoken(tmp_path, "a [happy 0.8]bb [sad]cc[/sad] dd[/happy] ee [nod] f")
    manner = directed(Manner(), said.cues)
    names = [(mood.name, mood.strength) for _, mood in manner.moods]
    assert [name for name, _ in names] == ["happy", "sad", "happy", "neutral"]
    assert names[0][1] == names[2][1] == 0.8
    assert [start for start, _ in manner.moods] == sorted(start for start, _ in manner.moods)
    assert [gesture.name for gesture in manner.gestures] == ["nod"]


def test_the_proof_counts_directions():
    script = read_script("[nod] a [nod] b [happy]c[/happy]")
    assert directions_record(script) == "happy 1, nod 2"
    assert directions_record(read_script("a")) == ""


@pytest.mark.weights
def test_lips_of_a_text_close_open_and_rest_however_they_are_asked_for():
    segments = [Segment("AA", 1.0, 1.3), Segment("M", 1.3, 1.42), Segment("AA", 1.42, 1.8)]
    whole, parts = TextLips(segments), TextLips(segments)
    lips = whole.push(np.zeros((1200, 70), np.float32))
    pieces = [parts.push(np.zeros((n, 70), np.float32)) for n in (7, 493, 1, 699)]
    assert np.array_equal(lips.curves, np.concatenate([piece.curves for piece in pieces]))
    jaw = lips.curves[:, whole.postures.names.index("jawOpen")]
    rest = whole.postures.rest[whole.postures.names.index("jawOpen")]
    assert jaw[115] > rest + 0.1
    assert np.allclose(jaw[600:], rest, atol=0.02)
    assert lips.contacts[136, 0] == 1
    assert lips.contacts[115, 0] == 0
    decoder = Decoder(whole.postures, fps=USUAL_FPS, gains=NATURAL)
    decoder.push(lips.curves, lips.contacts, lips.activity)
    assert decoder.finish(300).pressed.max() in (0, 1)
