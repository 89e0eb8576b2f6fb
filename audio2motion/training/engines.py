"""Which synthesiser says how much in which voice: the plan of the training speech."""

import logging
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from audio2motion.training import espeak, festival, flite, neural, sentences
from audio2motion.training.takes import Take, save_takes

logger = logging.getLogger(__name__)

Speak = Callable[[str, Sequence[str], np.random.Generator], Iterator[Take]]
SPEAKERS: dict[str, Speak] = {
    "flite": flite.speak,
    "festival": festival.speak,
    "espeak": espeak.speak,
    "hibari": neural.speak,
    "joe": neural.speak,
}
HELD_OUT_ENGINE = "joe"
HELD_OUT_LANGUAGES = ("fr", "pl")
TAKES = 12
"""Takes in one file."""
_ENGLISH = ("en-us", "en", "en-us", "en-gb-x-rp", "en-029", "en-gb-scotland")


@dataclass(frozen=True, slots=True)
class Job:
    """One file of takes by one voice."""

    engine: str
    voice: str
    language: str
    number: int

    @property
    def name(self) -> str:
        """Name of the file, without its ending."""
        return f"{self.engine}-{self.language}-{self.voice}-{self.number:02d}"

    def run(self, folder: Path) -> None:
        """Write the file; the same for the same job."""
        rng = np.random.default_rng(zlib.crc32(self.name.encode()))
        texts = [sentences.text(self.language, rng) for _ in range(TAKES)]
        takes = list(SPEAKERS[self.engine](self.voice, texts, rng))
        if not takes:
            logger.warning("%s: said nothing", self.name)
            return
        save_takes(folder / f"{self.name}.npz", takes)


def jobs() -> list[Job]:
    """All files, in an order in which any beginning of the list is a fair mixture."""
    found = [Job("flite", voice, "en", n) for voice in flite.VOICES for n in range(11)]
    for voice, about in festival.VOICES.items():
        count = {"slt-hts": 8, "kal": 4, "ked": 4}.get(voice, 3)
        found += [Job("festival", voice, about.language, n) for n in range(count)]
    found += [Job("hibari", "hibari", "en", n) for n in range(40)]
    found += [Job(HELD_OUT_ENGINE, "joe", "en", n) for n in range(9)]
    variants = [*espeak.MALE, *espeak.FEMALE, *espeak.WHISPERED]
    for number, variant in enumerate(variants):
        accent = _ENGLISH[number % len(_ENGLISH)]
        found.append(Job("espeak", f"{accent}+{variant}", accent, 0))
    for index, language in enumerate(sorted(sentences.sentences())):
        for n in range(6):
            variant = variants[(7 * index + 11 * n) % len(variants)]
            found.append(Job("espeak", f"{language}+{variant}", language, n))
    order = np.random.default_rng(0).permutation(len(found))
    return [found[i] for i in order]


def generate(folder: Path) -> None:
    """Write all files that are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    waiting = [job for job in jobs() if not (folder / f"{job.name}.npz").exists()]
    for number, job in enumerate(waiting, start=1):
        job.run(folder)
        logger.info("%d of %d: %s", number, len(waiting), job.name)
