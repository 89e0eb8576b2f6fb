"""How an avatar behaves, as widgets of the browser application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reenact.behaviour_options import GENERATORS, read_gains, read_manner

if TYPE_CHECKING:
    from audio2motion.behaviour import Manner
    from audio2motion.gains import Gains

PARTS = {
    "mouth": "Lips",
    "jaw": "Jaw",
    "upper_face": "Brows",
    "head": "Head",
    "gaze": "Glances",
    "blink_rate": "Blinks",
}
EMOTIONS = ("neutral", "happy", "sad", "angry", "surprised", "calm", "auto")


def behaviour_widgets(gr: Any) -> list[Any]:
    """Add the mood, and a closed drawer with the strength of each part.

    `behaviour_of` reads their values.

    Args:
        gr: The module gradio, inside a `Blocks`.
    """
    with gr.Row():
        emotion = gr.Dropdown(
            list(EMOTIONS), value=EMOTIONS[0], label="Emotion; auto: as lively as the voice"
        )
        strength = gr.Slider(0, 1, value=0.6, step=0.05, label="Strength of the emotion")
    with gr.Accordion("Behaviour", open=False):
        sliders = []
        names = list(PARTS)
        for row in (names[:3], names[3:]):
            with gr.Row():
                sliders += [gr.Slider(0, 3, value=1, step=0.05, label=PARTS[part]) for part in row]
        generator = gr.Radio(list(GENERATORS), value=GENERATORS[0], label="What moves the head")
    return [emotion, strength, *sliders, generator]


def behaviour_of(values: tuple[Any, ...]) -> tuple[Gains, Manner]:
    """Make gains and a manner of the widgets' values, in their order.

    Raises:
        AudioMotionError: One is out of its range.
    """
    emotion, strength, *gains, generator = values
    parts = {part: float(gain) for part, gain in zip(PARTS, gains, strict=True)}
    manner = read_manner(emotion=f"{emotion}:{float(strength):g}", generator=str(generator))
    return read_gains(parts), manner
