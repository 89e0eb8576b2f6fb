"""The `festival` synthesiser: voices of nine languages, phone times from its Segment relation.

Debian packages: festvox-us-slt-hts, -kallpc16k, -kdlpc16k, -italp16k, -itapc16k, -suopuhe-lj,
-suopuhe-mv, -ru, -czech-dita, -krb, -machac, -ph, -ca-ona-hts, -hi-nsk, -mr-nsk, -te-nsk.
"""

import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from audio2motion.training.programs import program
from audio2motion.training.takes import SILENCE, Take, take_from_audio
from capture.audio import AudioClip

_SILENT = ("pau", "#", "_", "h#", "SIL", "ssil")
_SCRIPT = """
(define (say text stretch sound times)
  (Parameter.set 'Duration_Stretch stretch)
  (let ((said (utt.synth (eval (list 'Utterance 'Text text)))) (file (fopen times "w")))
    (mapcar (lambda (segment)
      (format file "%s %f\\n" (item.name segment) (item.feat segment "end")))
      (utt.relation.items said 'Segment))
    (fclose file)
    (utt.save.wave said sound 'riff)))
"""


@dataclass(frozen=True, slots=True)
class FestivalVoice:
    """What festival calls a voice, and how its texts are encoded."""

    function: str
    language: str
    notation: str
    encoding: str = "utf-8"


VOICES = {
    "slt-hts": FestivalVoice("voice_cmu_us_slt_arctic_hts", "en", "arpabet"),
    "kal": FestivalVoice("voice_kal_diphone", "en", "arpabet"),
    "ked": FestivalVoice("voice_ked_diphone", "en", "arpabet"),
    "it-lp": FestivalVoice("voice_lp_diphone", "it", "festival-it", "latin-1"),
    "it-pc": FestivalVoice("voice_pc_diphone", "it", "festival-it", "latin-1"),
    "fi-lj": FestivalVoice("voice_suo_fi_lj_diphone", "fi", "festival-fi", "latin-1"),
    "fi-mv": FestivalVoice("voice_hy_fi_mv_diphone", "fi", "festival-fi", "latin-1"),
    "ru-nsh": FestivalVoice("voice_msu_ru_nsh_clunits", "ru", "festival-ru"),
    "cs-dita": FestivalVoice("voice_czech_dita", "cs", "festival-cs", "iso8859-2"),
    "cs-krb": FestivalVoice("voice_czech_krb", "cs", "festival-cs", "iso8859-2"),
    "cs-machac": FestivalVoice("voice_czech_machac", "cs", "festival-cs", "iso8859-2"),
    "cs-ph": FestivalVoice("voice_czech_ph", "cs", "festival-cs", "iso8859-2"),
    "ca-ona": FestivalVoice("voice_upc_ca_ona_hts", "ca", "festival-ca", "latin-1"),
    "hi-nsk": FestivalVoice("voice_hindi_NSK_diphone", "hi", "festival-in"),
    "mr-nsk": FestivalVoice("voice_marathi_NSK_diphone", "mr", "festival-in"),
    "te-nsk": FestivalVoice("voice_telugu_NSK_diphone", "te", "festival-in"),
}


def speak(voice: str, texts: Sequence[str], rng: np.random.Generator) -> Iterator[Take]:
    """Say each text, at a pace drawn for it; one process for all.

    Raises:
        MissingBackendError: The program is not installed.
    """
    chosen = VOICES[voice]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = [_SCRIPT, f"({chosen.function})"]
        for number, text in enumerate(texts):
            words = text.replace("\\", "").replace('"', "")
            stretch = float(np.exp(rng.normal(0.0, 0.12)))
            sound, times = folder / f"{number}.wav", folder / f"{number}.txt"
            lines.append(f'(say "{words}" {stretch:.3f} "{sound}" "{times}")')
        script = folder / "say.scm"
        script.write_bytes("\n".join(lines).encode(chosen.encoding, errors="replace"))
        subprocess.run(  # noqa: S603 - a program found on the path, our own text
            [program("festival"), "-b", str(script)], capture_output=True, check=False
        )
        for number, text in enumerate(texts):
            # A voice that cannot say one text ends the process; what it said before is kept.
            sound, times = folder / f"{number}.wav", folder / f"{number}.txt"
            if sound.exists() and times.exists():
                yield take_from_audio(
                    AudioClip.read(sound),
                    _segments(times),
                    engine="festival",
                    voice=voice,
                    language=chosen.language,
                    notation=chosen.notation,
                    text=text,
                )


def _segments(path: Path) -> list[tuple[str, float]]:
    pairs = [line.rsplit(" ", 1) for line in path.read_text("latin-1").splitlines()]
    return [(SILENCE if phone in _SILENT else phone, float(stop)) for phone, stop in pairs]
