"""The browser application: tabs that translate between widgets and `reenact.studio.Studio`.

Consent is not checked here but in the library, because any endpoint answers to whoever can reach
the port. Files in gradio's cache are readable by every visitor who knows their address, so
recordings of people are deleted as soon as they were used, and are never returned.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import click

from avatar.console import weights_option
from consent.home import home_option
from reenact.behaviour_widgets import behaviour_of, behaviour_widgets
from reenact.control_widgets import control_widgets, controls_of
from reenact.picture_widgets import picture_of, picture_widgets
from reenact.speech_widgets import speech_widgets, spoken
from reenact.studio import COLUMNS, Person, Studio, label, standing, table, told

MAX_FILE_SIZE = "200mb"
CACHE_S = (600, 3600)  # look every, delete after
LAUNCH: dict[str, Any] = {
    "server_name": "127.0.0.1",
    "share": False,
    "run_history": False,
    "enable_monitoring": False,
    "max_file_size": MAX_FILE_SIZE,
    "footer_links": ["api"],
    "show_error": False,
    "ssr_mode": False,
}
ONE_AT_A_TIME: dict[str, Any] = {"concurrency_id": "render", "concurrency_limit": 1}
KINDS = ("recorded", "synthetic", "artwork", "historical")
PURPOSES = ("speak", "reenact", "export")
CSS = """
.gradio-container {max-width: 1080px !important; width: 100% !important; margin: 0 auto !important}
footer {opacity: .6}
"""
INTRODUCTION = """# Countenance
Avatars of people who agreed to it. Every video carries a signed note of the consent behind it."""
PRIVACY = (
    "The recording is deleted from this server after every attempt, whether it succeeded or not; "
    "what is kept of it is the encrypted avatar."
)


@contextmanager
def refusals(gr: Any) -> Iterator[None]:
    """Turn errors that a person can mend into messages; bugs stay hidden from visitors."""
    try:
        yield
    except Exception as error:
        if not isinstance(getattr(error, "exit_code", None), int):
            raise
        title = "Consent" if error.exit_code == 3 else "That did not work"
        text = f"{error}. {getattr(error, 'hint', '')}".strip()
        raise gr.Error(text, title=title, print_exception=False) from error


def required(gr: Any, value: Any, what: str) -> Any:
    """Return a widget's value, or say that it is missing."""
    if not value:
        raise gr.Error(f"{what} is missing.", title="One more thing", print_exception=False)
    return value


def show_frames(progress: Any, done: int, total: int) -> None:
    """Hand the library's progress to gradio's."""
    progress((done, total or None), unit="frames")


def build_demo(service: Any) -> Any:
    """Build the application.

    Args:
        service: A `reenact.studio.Studio`, or anything with its methods.

    Returns:
        A `gradio.Blocks`; start it with `LAUNCH`.
    """
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    import gradio as gr

    with gr.Blocks(title="Countenance", delete_cache=CACHE_S, analytics_enabled=False) as demo:
        gr.Markdown(INTRODUCTION)
        with gr.Tabs():
            with gr.Tab("Enrol"):
                _enrol_tab(gr, service)
            with gr.Tab("Speak") as speak_tab:
                speak_picker = _speak_tab(gr, service)
            with gr.Tab("Re-enact") as reenact_tab:
                reenact_picker = _reenact_tab(gr, service)
            with gr.Tab("Idle") as idle_tab:
                idle_picker = _idle_tab(gr, service)
            with gr.Tab("Registry") as registry_tab:
                registry_table, registry_picker = _registry_tab(gr, service)
            with gr.Tab("Verify"):
                _verify_tab(gr, service)
        pickers = (
            (speak_tab, speak_picker),
            (reenact_tab, reenact_picker),
            (idle_tab, idle_picker),
        )
        for tab, picker in (*pickers, (registry_tab, registry_picker)):
            tab.select(
                lambda: _choices(gr, service.people()), None, picker, api_visibility="private"
            )
        registry_tab.select(
            lambda: table(service.people()), None, registry_table, api_visibility="private"
        )
        demo.queue(max_size=8)
    return demo


def _choices(gr: Any, people: Sequence[Person]) -> Any:
    return gr.update(choices=[(label(person), person.subject_id) for person in people])


def _picker(gr: Any, service: Any) -> Any:
    """Add the avatar picker with the state of its consent beside it."""
    people = service.people()
    with gr.Row(equal_height=True):
        picker = gr.Dropdown(
            [(label(person), person.subject_id) for person in people],
            label="Avatar",
            value=None,
            allow_custom_value=True,  # an id enrolled elsewhere; the library decides
        )
        state = gr.Markdown(standing(people, None))
    picker.change(
        lambda subject_id: standing(service.people(), subject_id),
        picker,
        state,
        api_visibility="private",
        show_progress="hidden",
    )
    return picker


def _enrol_tab(gr: Any, service: Any) -> None:
    challenge_state = gr.State(None)
    with gr.Row():
        with gr.Column():
            name = gr.Textbox(label="Name", max_length=120)
            kind = gr.Radio(list(KINDS), value="recorded", label="Who or what is shown")
            purposes = gr.CheckboxGroup(
                list(PURPOSES), value=["speak", "reenact"], label="What the avatar is for"
            )
            draw = gr.Button("Draw a statement to speak")
            statement = gr.Textbox(
                label="Speak this on camera, within the hour", lines=5, interactive=False
            )
            attestation = gr.Textbox(
                label="Why no consent is needed (synthetic, artwork, historical)", lines=2
            )
        with gr.Column():
            video = gr.Video(
                label="Recording: turn left and right, then speak the statement",
                sources=["upload", "webcam"],
                webcam_options=gr.WebcamOptions(mirror=False),
                buttons=[],
            )
            gr.Markdown(PRIVACY)
            enrol = gr.Button("Enrol", variant="primary")
            subject = gr.Textbox(label="Subject id", interactive=False, buttons=["copy"])
            report = gr.Markdown()

    def draw_statement(name: str, purposes: list[str]) -> tuple[Any, str]:
        with refusals(gr):
            challenge = service.challenge(required(gr, name, "The name"), purposes)
        return challenge, challenge.statement

    def run(
        name: str,
        kind: str,
        purposes: list[str],
        attestation: str,
        video: str,
        challenge: Any,
        progress: Any = gr.Progress(),  # noqa: B008 - this is how gradio injects it
    ) -> tuple[str, str]:
        recording = Path(required(gr, video, "The recording"))
        try:
            with refusals(gr):
                enrolled = service.enroll(
                    required(gr, name, "The name"),
                    video=recording,
                    on_progress=partial(show_frames, progress),
                    **grounds(gr, kind, purposes, attestation, challenge),
                )
        finally:
            recording.unlink(missing_ok=True)
        return enrolled.subject_id, told(enrolled)

    draw.click(draw_statement, [name, purposes], [challenge_state, statement], api_name="challenge")
    inputs = [name, kind, purposes, attestation, video, challenge_state]
    done = enrol.click(run, inputs, [subject, report], api_name="enrol", **ONE_AT_A_TIME)
    done.then(lambda: None, None, video, api_visibility="private")


def grounds(
    gr: Any, kind: str, purposes: list[str], attestation: str, challenge: Any
) -> dict[str, Any]:
    """Return what an enrolment rests on, as `Studio.enroll` takes it."""
    if kind == "recorded":
        return {"challenge": required(gr, challenge, "The statement (draw one first)")}
    text = required(gr, attestation, "The reason why no consent is needed")
    return {"kind": kind, "attestation": text, "purposes": purposes}


def _speak_tab(gr: Any, service: Any) -> Any:
    picker = _picker(gr, service)
    with gr.Row():
        with gr.Column():
            audio, text, voice = speech_widgets(gr, service.voices())
            seed = gr.Number(label="Seed of blinks and head motion", value=0, precision=0)
            behaviour = behaviour_widgets(gr)
            controls = control_widgets(gr)
            look = picture_widgets(gr)
            button = gr.Button("Speak", variant="primary")
        with gr.Column():
            output = gr.Video(label="The avatar", interactive=False, buttons=["download"])

    def run(
        subject_id: str,
        audio: str | None,
        seed: float,
        text: str,
        voice: str,
        *settings: Any,
        progress: Any = gr.Progress(),  # noqa: B008
    ) -> str:
        first, last = len(controls), -len(behaviour)
        with refusals(gr):
            gains, manner = behaviour_of(settings[last:])
            result = service.speak(
                required(gr, subject_id, "The avatar"),
                **spoken(gr, audio, text, voice),
                seed=int(seed),
                gains=gains,
                manner=manner,
                controls=controls_of(settings[:first]),
                picture=picture_of(settings[first:last]),
                on_progress=partial(show_frames, progress),
            )
        return str(result.output)

    inputs = [picker, audio, seed, text, voice, *controls, *look, *behaviour]
    button.click(run, inputs, output, api_name="speak", **ONE_AT_A_TIME)
    return picker


def _reenact_tab(gr: Any, service: Any) -> Any:
    picker = _picker(gr, service)
    with gr.Row():
        with gr.Column():
            driving = gr.Video(label="Driving video", buttons=[])
            motion = gr.Radio(["relative", "absolute"], value="relative", label="Motion")
            region = gr.Radio(
                ["all", "expression", "pose", "lips", "eyes"], value="all", label="What follows"
            )
            audio = gr.Radio(["driving", "none"], value="driving", label="Sound")
            controls = control_widgets(gr)
            look = picture_widgets(gr)
            button = gr.Button("Re-enact", variant="primary")
        with gr.Column():
            output = gr.Video(label="The avatar", interactive=False, buttons=["download"])

    def run(
        subject_id: str,
        driving: str,
        motion: str,
        region: str,
        audio: str,
        *settings: Any,
        progress: Any = gr.Progress(),  # noqa: B008
    ) -> str:
        with refusals(gr):
            result = service.reenact(
                required(gr, subject_id, "The avatar"),
                driving=Path(required(gr, driving, "The driving video")),
                motion=motion,
                region=region,
                audio=audio,
                controls=controls_of(settings[: len(controls)]),
                picture=picture_of(settings[len(controls) :]),
                on_progress=partial(show_frames, progress),
            )
        return str(result.output)

    inputs = [picker, driving, motion, region, audio, *controls, *look]
    button.click(run, inputs, output, api_name="reenact", **ONE_AT_A_TIME)
    return picker


def _idle_tab(gr: Any, service: Any) -> Any:
    picker = _picker(gr, service)
    with gr.Row():
        with gr.Column():
            seconds = gr.Slider(1, 120, value=10, step=1, label="Seconds")
            seed = gr.Number(label="Seed of all motion", value=0, precision=0)
            controls = control_widgets(gr)
            look = picture_widgets(gr)
            button = gr.Button("Wait", variant="primary")
        with gr.Column():
            output = gr.Video(label="The avatar", interactive=False, buttons=["download"])

    def run(
        subject_id: str,
        seconds: float,
        seed: float,
        *settings: Any,
        progress: Any = gr.Progress(),  # noqa: B008
    ) -> str:
        with refusals(gr):
            result = service.idle(
                required(gr, subject_id, "The avatar"),
                seconds=float(seconds),
                seed=int(seed),
                controls=controls_of(settings[: len(controls)]),
                picture=picture_of(settings[len(controls) :]),
                on_progress=partial(show_frames, progress),
            )
        return str(result.output)

    inputs = [picker, seconds, seed, *controls, *look]
    button.click(run, inputs, output, api_name="idle", **ONE_AT_A_TIME)
    return picker


def _registry_tab(gr: Any, service: Any) -> tuple[Any, Any]:
    people = gr.Dataframe(
        table(service.people()),
        headers=list(COLUMNS),
        column_count=len(COLUMNS),
        interactive=False,
        label="Consents",
    )
    picker = _picker(gr, service)
    reason = gr.Textbox(label="Reason")
    button = gr.Button("Revoke this consent", variant="stop")

    def run(subject_id: str, reason: str) -> list[list[str]]:
        with refusals(gr):
            service.revoke(required(gr, subject_id, "The avatar"), reason=reason)
        return table(service.people())

    button.click(run, [picker, reason], people, api_name="revoke")
    return people, picker


def _verify_tab(gr: Any, service: Any) -> None:
    video = gr.File(label="Video to check", file_types=["video"])
    button = gr.Button("Verify", variant="primary")
    result = gr.JSON(label="What the video proves")

    def run(video: str) -> dict[str, object]:
        with refusals(gr):
            return service.verify(Path(required(gr, video, "The video"))).to_json()

    button.click(run, video, result, api_name="verify")


@click.command(short_help="Open the application in a browser.")
@click.option("--port", type=click.IntRange(1024, 65535), help="Default: the first free one.")
@click.option("--open/--no-open", "in_browser", default=True, help="Open a browser window.")
@home_option
@weights_option
def serve(port: int | None, in_browser: bool, home: Path) -> int:
    """Open the application in a browser. It listens on this machine only.

    \b
    Examples:
      avatar serve
      avatar serve --port 7861 --no-open
    """
    with tempfile.TemporaryDirectory(prefix="countenance-") as folder:
        os.environ["GRADIO_TEMP_DIR"] = folder  # not the shared default, which others can list
        studio = Studio(home, outputs=Path(folder) / "outputs")
        demo = build_demo(studio)
        demo.launch(server_port=port, inbrowser=in_browser, css=CSS, **LAUNCH)
    return 0
