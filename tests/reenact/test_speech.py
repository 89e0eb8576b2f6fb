"""What an avatar says: recordings and texts, from the options to the proof."""

import hashlib

import pytest
from click.testing import CliRunner

from audio2motion.errors import TextError
from audio2motion.text import espeak_voice
from avatar.cli import cli
from reenact.errors import ControlError
from reenact.speech import open_speech
from reenact.speech_options import read_text


@pytest.mark.parametrize(
    "given", [{}, {"audio": "a.wav", "text": "Hi"}, {"audio": "a.wav", "voice": "joe"}]
)
def test_either_a_recording_or_a_text_is_wanted(given):
    arguments = {"audio": None, "text": None, **given}
    with pytest.raises(ControlError) as caught, open_speech(**arguments):
        pass
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--text", "Hi", "--audio", __file__),
        ("--text", "Hi", "--text-file", __file__),
        ("--audio", __file__, "--voice", "joe"),
    ],
)
def test_the_command_wants_one_of_them_too(options):
    result = CliRunner().invoke(cli, ["speak", "s", *options, "-o", "x.mp4"])
    assert result.exit_code == 2
    assert "text" in result.output.partition("Error: ")[2]


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TextError, match="UTF-8"):
        read_text(path)
    path.write_bytes("\ufeffGrüße".encode())
    assert read_text(path) == "Grüße"


@pytest.mark.weights
@pytest.mark.skipif(espeak_voice.find_library() is None, reason="eSpeak NG is not installed")
def test_the_proof_of_a_text_holds_its_digest_and_its_voice_but_not_the_text():
    from fractions import Fraction

    from audio2motion.behaviour import Manner
    from audio2motion.gains import Gains

    text = "Geheim, [nod] Bob!"
    with open_speech(audio=None, text=text, language="de") as speech:
        sound = speech.sound
        pieces = list(
            speech.motion(fps=Fraction(25), seed=0, gains=Gains(), manner=Manner("procedural"))
        )
    assert not sound.exists()
    frames = sum(map(len, pieces))
    assert frames == -(-round(speech.seconds * 22050) * 25 // 22050)
    assert speech.record["text_sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert speech.record["text_characters"] == len(text)
    assert (speech.record["voice"], speech.record["directions"]) == ("espeak:de", "nod 1")
    assert "Geheim" not in str(speech.record)
    assert speech.inputs == {}
