"""The attacks: each takes a crew and stages one, and says how it can be told."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from consent.challenge import statement_text
from consent.record import Purpose
from synthetic.acting import mouth_columns
from synthetic.background import Backdrop
from synthetic.performance import Score
from synthetic.sets import attack_pictures as pictures
from synthetic.sets import attack_sounds as sounds
from synthetic.sets.attack_crew import Crew, Frame, Staged, frozen
from synthetic.sets.cast import other_name
from synthetic.sets.challenges import draw_words
from synthetic.sets.clips import FPS, Take, fitted
from synthetic.sets.consent import turns
from synthetic.sets.morphing import between
from synthetic.voices import other_voice

_PURPOSES = frozenset({Purpose.SPEAK, Purpose.REENACT})
_MORPH_STEPS = 16


def genuine(crew: Crew) -> Staged:
    """Nothing is wrong: a control."""
    take = crew.take()
    return Staged(take, crew.filmed(take), take.sound())


def photo_still(crew: Crew) -> Staged:
    """A photo fills the picture and does not move, while the statement is heard."""
    take = crew.take()
    count = len(take.performance)
    still = replace(take, performance=frozen(take.performance, count))
    photo = next(still.rendered(crew.studio, crew.look))
    return Staged(still, still.developed(photo for _ in range(count)), take.sound())


def photo_moved(crew: Crew) -> Staged:
    """A print is moved and tilted in front of the camera, while the statement is heard."""
    take = crew.take()
    still = replace(
        take, shot=crew.other_shot(), performance=frozen(take.performance, len(take.performance))
    )
    frames = pictures.print_in_hand(crew.still(take), _room(crew), _times(take), crew.rng(13))
    return Staged(still, still.developed(frames), take.sound())


def screen_replay(crew: Crew) -> Staged:
    """A genuine recording is played on a screen and filmed."""
    return _on_screen(crew, share=0.86)


def screen_close(crew: Crew) -> Staged:
    """A genuine recording is filmed from a screen that fills the picture."""
    return _on_screen(crew, share=1.18)


def _on_screen(crew: Crew, *, share: float) -> Staged:
    take = crew.take()
    frames = pictures.on_screen(
        crew.filmed(take), _room(crew), _times(take), crew.rng(13), share=share
    )
    filming = replace(take, shot=crew.other_shot(), seed=take.seed + 1)
    return Staged(take, filming.developed(frames), take.sound())


def old_challenge(crew: Crew) -> Staged:
    """A genuine recording, of an older challenge."""
    words = draw_words(crew.rng(14), but=crew.code_words)
    take = crew.take(_statement(crew.name, words))
    return Staged(take, crew.filmed(take), take.sound(), details={"spoken_words": list(words)})


def wrong_word(crew: Crew) -> Staged:
    """One code word is another one."""
    words = list(crew.code_words)
    words[int(crew.rng(14).integers(len(words)))] = draw_words(crew.rng(15), but=words)[0]
    take = crew.take(_statement(crew.name, tuple(words)))
    return Staged(take, crew.filmed(take), take.sound(), details={"spoken_words": words})


def word_order(crew: Crew) -> Staged:
    """The code words are spoken in another order."""
    words = [*crew.code_words[1:], crew.code_words[0]]
    take = crew.take(_statement(crew.name, tuple(words)))
    return Staged(take, crew.filmed(take), take.sound(), details={"spoken_words": words})


def wrong_name(crew: Crew) -> Staged:
    """Somebody else's name is spoken."""
    name = other_name(crew.name, crew.rng(14))
    take = crew.take(_statement(name, crew.code_words))
    return Staged(take, crew.filmed(take), take.sound(), details={"spoken_name": name})


def face_spliced(crew: Crew) -> Staged:
    """Another person is seen in the middle, in the same room and motion."""
    take = crew.take()
    count = len(take.performance)
    first, last = int(count * 0.4), int(count * 0.6)
    stranger = replace(take, person=crew.other)

    def frames() -> Iterator[Frame]:
        performance = take.performance
        for who, start, stop in (
            (take, 0, first), (stranger, first, last), (take, last, count)
        ):  # fmt: skip
            renderer = crew.studio.renderer(who.person, who.shot.scene, crew.look)
            yield from (renderer.frame(performance.pose(i)) for i in range(start, stop))

    spans = [(first / float(FPS), last / float(FPS))]
    return Staged(take, take.developed(frames()), take.sound(), spans)


def two_people(crew: Crew) -> Staged:
    """A second person stands beside the first one."""
    take, aside = _beside(crew.take(), +1), _beside(crew.take(), -1)
    rng = crew.rng(16)
    listening = Score(len(take.performance), FPS)
    listening.sway(rng)
    listening.glance(rng)
    aside = replace(aside, person=crew.other, performance=listening.finish())
    mixed = (
        pictures.over(front, back, parts.person / 255)
        for front, (back, parts) in zip(
            take.rendered(crew.studio, crew.look), crew.seen(aside), strict=True
        )
    )
    return Staged(take, take.developed(mixed), take.sound())


def face_morph(crew: Crew) -> Staged:
    """The face becomes another person's, little by little."""
    take = crew.take()
    count = len(take.performance)

    def frames() -> Iterator[Frame]:
        for step in range(_MORPH_STEPS):
            who = between(crew.person, crew.other, step / (_MORPH_STEPS - 1))
            renderer = crew.studio.renderer(who, take.shot.scene, crew.look)
            first, last = (count * k // _MORPH_STEPS for k in (step, step + 1))
            yield from (renderer.frame(take.performance.pose(i)) for i in range(first, last))

    return Staged(take, take.developed(frames()), take.sound())


def face_swap(crew: Crew) -> Staged:
    """The person's face is laid over another one's, who acts: the head is not theirs."""
    take = crew.take()
    actor = replace(take, person=crew.other)
    mixed = (
        pictures.swapped(head, face, parts)
        for head, (face, parts) in zip(
            actor.rendered(crew.studio, crew.look), crew.seen(take), strict=True
        )
    )
    return Staged(take, take.developed(mixed), take.sound())


def mouth_only(crew: Crew) -> Staged:
    """A photo of which only the mouth is animated."""
    take = crew.take()
    count = len(take.performance)
    performance = frozen(take.performance, count)
    coefficients = performance.coefficients.copy()
    columns = mouth_columns()
    coefficients[:, columns] = take.performance.coefficients[:, columns]
    photo = replace(take, performance=replace(performance, coefficients=coefficients))
    return Staged(photo, crew.filmed(photo), take.sound())


def other_voice_dubbed(crew: Crew) -> Staged:
    """The statement is heard in another voice, to lips that spoke it at their own pace."""
    take = crew.take()
    voice = other_voice(crew.voice)
    audio = fitted(crew.spoken(crew.statement, voice), len(take.performance), crew.seed)
    return Staged(take, crew.filmed(take), audio, details={"heard_voice": voice})


def lips_out_of_sync(crew: Crew) -> Staged:
    """Sound and lips lie more than 300 ms apart."""
    take = crew.take()
    rng = crew.rng(17)
    by = float(rng.uniform(0.35, 0.7) * rng.choice([-1, 1]))
    audio = fitted(sounds.shifted(take.utterance.audio, by), len(take.performance), crew.seed)
    return Staged(take, crew.filmed(take), audio, details={"sound_late_s": round(by, 3)})


def sound_spliced(crew: Crew) -> Staged:
    """The code words are cut into the sound of an older recording."""
    words = draw_words(crew.rng(14), but=crew.code_words)
    take = crew.take(_statement(crew.name, words))
    spans = [(a, b) for _, a, b in take.utterance.words()[-len(words) :]]
    other = crew.take()
    said = [
        other.utterance.audio.slice(a, b)
        for _, a, b in other.utterance.words()[-len(crew.code_words) :]
    ]
    audio = sounds.with_words(take.utterance.audio, spans, said, gain=0.7)
    heard = fitted(audio, len(take.performance), crew.seed)
    return Staged(take, crew.filmed(take), heard, spans, {"seen_words": list(words)})


def loop(crew: Crew) -> Staged:
    """The same second of picture over and over, while the statement is heard."""
    take = crew.take()
    count, second = len(take.performance), int(FPS)
    start = second * 2

    def frames() -> Iterator[Frame]:
        kept = list(islice(crew.filmed(take), start, start + second))
        there_and_back = [*kept, *kept[::-1]]
        yield from (there_and_back[i % len(there_and_back)] for i in range(count))

    return Staged(take, frames(), take.sound(), details={"looped_from_s": 2.0})


def no_speech(crew: Crew) -> Staged:
    """The person turns and says nothing."""
    take = replace(crew.take(), performance=turns(crew.rng(18)), utterance=None)
    silence = crew.spoken("Yes.", crew.voice).slice(0, 0.01)
    audio = fitted(silence, len(take.performance), crew.seed)
    return Staged(take, crew.filmed(take), audio)


def off_camera_voice(crew: Crew) -> Staged:
    """Somebody else speaks beside the camera; the person's lips stay closed."""
    take = crew.take()
    voice = other_voice(crew.voice)
    rng = crew.rng(19)
    listening = Score(len(take.performance), FPS)
    listening.sway(rng)
    listening.glance(rng)
    for at in np.arange(1.5, listening.times[-1], 3.1):
        listening.blink(float(at))
    audio = fitted(crew.spoken(crew.statement, voice), len(take.performance), crew.seed)
    take = replace(take, performance=listening.finish(), utterance=None)
    return Staged(take, crew.filmed(take), audio, details={"heard_voice": voice})


@dataclass(frozen=True, slots=True)
class Attack:
    """A way to deceive, and which checks should notice."""

    stage: Callable[[Crew], Staged]
    fails: tuple[str, ...] = ()
    """Names from `consent.decision.WORTH_CHECKING`; any one suffices."""

    @property
    def about(self) -> str:
        """One sentence."""
        return (self.stage.__doc__ or "").strip()


ATTACKS: dict[str, Attack] = {
    "genuine": Attack(genuine),
    "photo_still": Attack(photo_still, ("liveness", "mouth_follows_speech")),
    "photo_moved": Attack(photo_moved, ("liveness", "mouth_follows_speech")),
    "screen_replay": Attack(screen_replay, ("screen_replay",)),
    "screen_close": Attack(screen_close, ("screen_replay",)),
    "old_challenge": Attack(old_challenge, ("code_words_in_order",)),
    "wrong_word": Attack(wrong_word, ("code_words_in_order",)),
    "word_order": Attack(word_order, ("code_words_in_order",)),
    "wrong_name": Attack(wrong_name, ("name_is_spoken",)),
    "face_spliced": Attack(face_spliced, ("one_face_throughout",)),
    "two_people": Attack(two_people, ("one_face_throughout",)),
    "face_morph": Attack(face_morph, ("one_face_throughout",)),
    "face_swap": Attack(face_swap, ("liveness",)),
    "mouth_only": Attack(mouth_only, ("liveness",)),
    "other_voice": Attack(other_voice_dubbed, ("mouth_follows_speech",)),
    "lips_out_of_sync": Attack(lips_out_of_sync, ("mouth_follows_speech",)),
    "sound_spliced": Attack(sound_spliced, ("mouth_follows_speech", "voice_is_one_speaker")),
    "loop": Attack(loop, ("liveness", "mouth_follows_speech")),
    "no_speech": Attack(no_speech, ("code_words_in_order", "statement_beyond_code_words")),
    "off_camera_voice": Attack(off_camera_voice, ("mouth_follows_speech",)),
}


def _statement(name: str, words: tuple[str, ...]) -> str:
    return statement_text(name, _PURPOSES, words)


def _times(take: Take) -> np.ndarray:
    return np.arange(len(take.performance)) / float(FPS)


def _room(crew: Crew) -> Frame:
    """An empty room in front of which a photo or a screen is held."""
    from synthetic.render import tone_map

    rng = crew.rng(20)
    backdrop = Backdrop(seed=int(rng.integers(2**31)), kind="office", wall=(0.3, 0.28, 0.25))
    return tone_map(backdrop.paint(crew.look.size, crew.look.size))


def _beside(take: Take, side: int) -> Take:
    """The same take from further away, the person on one side of the picture."""
    scene = take.shot.scene
    camera = replace(
        scene.camera,
        distance_m=scene.camera.distance_m * 1.3,
        side_m=0.115 * side,
        height_m=-0.06,
        yaw_degrees=0.0,
        pitch_degrees=0.0,
    )
    return replace(take, shot=replace(take.shot, scene=replace(scene, camera=camera)))
