"""The controls of the motion as widgets of the browser application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reenact.controls import Controls

OPENINGS = ["1", "source", "0.8", "1.2"]
GAZES = ["follow", "camera", "10,0", "-10,0", "0,-10"]
VIEWS = ["0,0,0", "15,0,0", "-15,0,0", "0:0,0,0 2:15,0,0 4:-15,0,0 6:0,0,0"]


def control_widgets(gr: Any) -> list[Any]:
    """Add a closed drawer with the controls; `controls_of` reads their values.

    Args:
        gr: The module gradio, inside a `Blocks`.
    """
    with gr.Accordion("Motion controls", open=False):
        with gr.Row():
            expression = gr.Slider(0, 2, value=1, step=0.05, label="Strength of the expression")
            pose = gr.Slider(0, 2, value=1, step=0.05, label="Strength of the head's motion")
        with gr.Row():
            eye_open = _choice(gr, OPENINGS, "Lids apart: a factor, or source")
            lip_open = _choice(gr, OPENINGS, "Lips apart: a factor, or source")
        with gr.Row():
            gaze = _choice(gr, GAZES, "Gaze: follow, camera, or degrees right,up")
            view = _choice(gr, VIEWS, "View: yaw,pitch,roll, or seconds:yaw,pitch,roll …")
        still = gr.Checkbox(value=False, label="The head keeps still; eyes and lips move")
    return [expression, pose, eye_open, lip_open, gaze, view, still]


def _choice(gr: Any, choices: list[str], label: str) -> Any:
    return gr.Dropdown(choices, value=choices[0], label=label, allow_custom_value=True)


def controls_of(values: tuple[Any, ...]) -> Controls:
    """Make controls of the widgets' values, in their order.

    Raises:
        ControlError: Something cannot be read or is out of its range.
    """
    from reenact.controls import Controls, parse_gaze, parse_opening
    from reenact.view import View

    expression, pose, eye_open, lip_open, gaze, view, still = values
    return Controls(
        expression=float(expression),
        pose=float(pose),
        eye_open=parse_opening(str(eye_open)),
        lip_open=parse_opening(str(lip_open)),
        gaze=parse_gaze(str(gaze)),
        # text only: a file name would let a visitor read files of this machine
        view=View.parse(str(view)),
        still=bool(still),
    )
