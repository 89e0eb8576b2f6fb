"""What the output's picture shows, as widgets of the browser application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reenact.picture import Picture

BACKGROUNDS = ["keep", "blur", "#ffffff", "#00b140"]
CROPS = ["full", "head", "square", "9:16", "16:9"]


def picture_widgets(gr: Any) -> list[Any]:
    """Add a closed drawer with the picture's settings; `picture_of` reads their values.

    Args:
        gr: The module gradio, inside a `Blocks`.
    """
    with gr.Accordion("Picture", open=False):
        with gr.Row():
            background = gr.Dropdown(
                BACKGROUNDS,
                value="keep",
                label="Background: keep, blur or #rrggbb",
                allow_custom_value=True,
            )
            crop = gr.Dropdown(
                CROPS, value="full", label="Crop: or a ratio", allow_custom_value=True
            )
        photo = gr.Image(label="Picture as the background", type="filepath", buttons=[])
        chosen = gr.State(None)  # an upload has no default: callers of the endpoint need give none
        photo.change(
            lambda path: path, photo, chosen, api_visibility="private", show_progress="hidden"
        )
        with gr.Row():
            alpha = gr.Checkbox(value=False, label="Transparent (WebM)")
            preview = gr.Checkbox(value=False, label="Preview: small and at half the rate")
    return [background, crop, alpha, preview, chosen]


def picture_of(values: tuple[Any, ...]) -> Picture:
    """Make a picture of the widgets' values, in their order.

    Raises:
        ControlError: Something cannot be read, or contradicts something else.
    """
    from reenact.errors import ControlError
    from reenact.picture import Picture

    background, crop, alpha, preview, photo = values
    text = str(background)
    if text not in ("keep", "blur") and not text.startswith("#"):
        # a file name would let a visitor read files of this machine
        raise ControlError(f"{text} is no background", hint="Use keep, blur or a #rrggbb colour.")
    return Picture(
        background=photo or text, crop=str(crop), alpha=bool(alpha), preview=bool(preview)
    )
