"""Attacks by what is seen: each takes a crew and stages one."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from synthetic.acting import mouth_columns
from synthetic.background import Backdrop
from synthetic.performance import Score
from synthetic.render import tone_map
from synthetic.sets import attack_pictures as pictures
from synthetic.sets.attack_crew import Crew, Frame, Staged, frozen
from synthetic.sets.clips import FPS, Take
from synthetic.sets.morphing import between

_MORPH_STEPS = 16


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


def _on_screen(crew: Crew, *, share: float) -> Staged:
    take = crew.take()
    frames = pictures.on_screen(
        crew.filmed(take), _room(crew), _times(take), crew.rng(13), share=share
    )
    filming = replace(take, shot=crew.other_shot(), seed=take.seed + 1)
    return Staged(take, filming.developed(frames), take.sound())


def _times(take: Take) -> NDArray[np.float64]:
    return np.arange(len(take.performance)) / float(FPS)


def _room(crew: Crew) -> Frame:
    """An empty room in front of which a photo or a screen is held."""
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
