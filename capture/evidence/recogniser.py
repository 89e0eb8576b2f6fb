"""pocketsphinx over a grammar of code words, statement words and phone fillers."""

import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

import weights
from capture.evidence.speech_activity import SAMPLE_RATE, to_pcm

if TYPE_CHECKING:
    import pocketsphinx

PHONES: Final = (
    "AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W "
    "Y Z ZH"
).split()

# Probabilities of what may come next, as found best on synthetic voices (see docs/evidence.md).
# A filler stands for one phone, so a whole word of fillers costs its power of that.
_EXPECTED: Final = 0.1
_OTHER_CODE_WORD: Final = 1e-3
_STATEMENT_WORD: Final = 1e-2
_FILLER: Final = 0.03
_SILENCE: Final = 0.1
# Narrower than pocketsphinx's own (1e-48, 7e-29): a third less time, the same words.
_BEAM: Final = 1e-40
_WORD_BEAM: Final = 1e-25

_FRAMES_PER_SECOND: Final = 100
_SHORTEST_STATEMENT_WORD: Final = 3  # phones; shorter ones cost much time and fit anywhere
_PEAK: Final = 0.7

_MODEL_PARTS: Final = {
    "mdef": "pocketsphinx-en-us-mdef",
    "mean": "pocketsphinx-en-us-means",
    "var": "pocketsphinx-en-us-variances",
    "sendump": "pocketsphinx-en-us-sendump",
    "tmat": "pocketsphinx-en-us-transitions",
    "featparams": "pocketsphinx-en-us-features",
}


class Recogniser:
    """Hears the words of a vocabulary and of a statement in continuous speech."""

    def __init__(
        self, *, expected: Sequence[str], vocabulary: Sequence[str], statement: str
    ) -> None:
        """Load the acoustic model and build the grammar.

        Expected words are made likelier than the others of the vocabulary, but stay one choice
        among all.

        Raises:
            ValueError: A word of the vocabulary has no pronunciation.
        """
        backend = weights.require("pocketsphinx", extra="", used_for="hearing code words")
        around = [word for word in _words_of(statement) if word not in vocabulary]
        wanted = {*vocabulary, *around}
        pronunciations = _pronunciations(weights.path("pocketsphinx-en-us-dictionary"), wanted)
        if missing := [word for word in vocabulary if word not in pronunciations]:
            raise ValueError(f"vocabulary: no pronunciation is known for {', '.join(missing)}")
        self.statement_words = [
            word
            for word in around
            if any(
                len(phones.split()) >= _SHORTEST_STATEMENT_WORD
                for phones in pronunciations.get(word, [])
            )
        ]
        """Words of the statement that can be heard, in order; short and unknown ones are not."""
        chances = dict.fromkeys(self.statement_words, _STATEMENT_WORD)
        chances |= dict.fromkeys(vocabulary, _OTHER_CODE_WORD)
        chances |= dict.fromkeys(expected, _EXPECTED)
        self._decoder = _decoder(backend, {word: pronunciations[word] for word in chances})
        transitions = [(0, 1, chance, word) for word, chance in chances.items()]
        loop = self._decoder.create_fsg("words", 0, 1, [*transitions, (1, 0, 1.0)])
        self._decoder.add_fsg("words", loop)
        self._decoder.activate_search("words")

    def listen(self, samples: NDArray[np.float32]) -> Iterator[tuple[str, float, float]]:
        """Yield what is heard as (word, start in s, stop in s).

        Args:
            samples: (s,) float32 at 16 kHz; one utterance, its level does not matter.
        """
        peak = float(np.abs(samples).max(initial=0))
        if peak == 0:
            return
        self._decoder.start_utt()
        self._decoder.process_raw(to_pcm(samples * (_PEAK / peak)), full_utt=True)
        self._decoder.end_utt()
        for segment in self._decoder.seg() or ():
            if segment.word[0] in "<[+":
                continue
            yield (
                segment.word.partition("(")[0],  # of alternative pronunciations
                segment.start_frame / _FRAMES_PER_SECOND,
                (segment.end_frame + 1) / _FRAMES_PER_SECOND,
            )


def _words_of(text: str) -> list[str]:
    return re.findall(r"[a-z]+(?:'[a-z]+)?", text.lower())


def _pronunciations(dictionary: Path, wanted: set[str]) -> dict[str, list[str]]:
    """The phones of each word, alternatives in the dictionary's order."""
    found: dict[str, list[str]] = {}
    with dictionary.open(encoding="utf-8") as lines:
        for line in lines:
            entry, _, phones = line.strip().partition(" ")
            word = entry.partition("(")[0]
            if word in wanted:
                found.setdefault(word, []).append(phones)
    return found


def _decoder(backend: ModuleType, pronunciations: dict[str, list[str]]) -> "pocketsphinx.Decoder":
    """A decoder that knows these words, and every phone as a filler."""
    with tempfile.TemporaryDirectory() as folder:
        fillers = Path(folder) / "fillers.dict"
        phones = "".join(f"+{phone}+ {phone}\n" for phone in PHONES)
        fillers.write_text(f"<s> SIL\n</s> SIL\n<sil> SIL\n[NOISE] +NSN+\n{phones}", "utf-8")
        words = Path(folder) / "words.dict"
        words.write_text(
            "".join(
                f"{word if index == 1 else f'{word}({index})'} {phones}\n"
                for word, alternatives in pronunciations.items()
                for index, phones in enumerate(alternatives, start=1)
            ),
            "utf-8",
        )
        config = backend.Config(
            **{option: str(weights.path(name)) for option, name in _MODEL_PARTS.items()},
            hmm=None,
            lm=None,
            dict=str(words),
            fdict=str(fillers),
            fillprob=_FILLER,
            silprob=_SILENCE,
            beam=_BEAM,
            pbeam=_BEAM,
            wbeam=_WORD_BEAM,
            samprate=SAMPLE_RATE,
            loglevel="FATAL",
        )
        return backend.Decoder(config)
