"""The browser application, asked as a client and seen in a real browser."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import demo_app
from audio2motion.behaviour import Emotion, Manner
from audio2motion.gains import Gains
from avatar.coverage import Aspect, Coverage, Shown
from consent import ConsentError
from reenact.controls import Controls
from reenact.picture import Picture
from reenact.studio import Person, Studio

pytestmark = pytest.mark.demo
ROOT = Path(__file__).resolve().parent.parent

ADA = Person(
    "subject_" + "a" * 32, "Ada", "synthetic", "active", ("reenact", "speak"), "2027-06-30"
)
BEN = Person("subject_" + "b" * 32, "", "recorded", "revoked", ("speak",), "2027-01-01")
PUBLIC = {"/challenge", "/enrol", "/speak", "/reenact", "/idle", "/revoke", "/verify"}


@dataclass
class FakeStudio:
    """A service with the methods of `Studio`, which makes no frames."""

    video: Path
    calls: list[tuple[str, Any]] = field(default_factory=list)
    seen: list[bytes] = field(default_factory=list)
    controls: list[Any] = field(default_factory=list)
    manners: list[Any] = field(default_factory=list)
    pictures: list[Any] = field(default_factory=list)

    def people(self) -> list[Person]:
        return [ADA, BEN]

    def challenge(self, name: str, purposes: list[str]) -> Any:
        return SimpleNamespace(statement=f"My name is {name}. My code words are harbour, candle.")

    def enroll(self, name: str, *, video: Path, on_progress: Any, **grounds: Any) -> Any:
        self.calls.append(("enroll", (name, video, grounds)))
        self.seen.append(video.read_bytes())
        if name == "Nobody":
            raise ConsentError("the code words were not heard", hint="Record again.")
        coverage = Coverage((Shown(Aspect.OO, 2.0),))
        return SimpleNamespace(subject_id=ADA.subject_id, coverage=coverage, not_learnt="")

    def speak(
        self,
        subject_id: str,
        *,
        seed: int,
        gains: Any,
        manner: Any,
        controls: Any,
        picture: Any,
        on_progress: Any,
        audio: Path | None = None,
        text: str | None = None,
        voice: str | None = None,
    ) -> Any:
        self.calls.append(("speak", (subject_id, seed)))
        self.manners.append((gains, manner))
        if text is not None:
            self.calls.append(("say", (text, voice, audio)))
        self.controls.append(controls)
        self.pictures.append(picture)
        if subject_id == BEN.subject_id:
            raise ConsentError("The consent was revoked", hint="Ask for a new one.")
        if seed == 13:
            raise RuntimeError("a bug with /private/path in its text")
        on_progress(1, 2)
        return SimpleNamespace(output=self.video)

    def voices(self) -> list[tuple[str, str]]:
        return [("joe · en-us", "joe")]

    def idle(
        self,
        subject_id: str,
        *,
        seconds: float,
        seed: int,
        controls: Any,
        picture: Any,
        on_progress: Any,
    ) -> Any:
        self.calls.append(("idle", (subject_id, seconds, seed)))
        self.controls.append(controls)
        self.pictures.append(picture)
        return SimpleNamespace(output=self.video)

    def revoke(self, subject_id: str, *, reason: str) -> None:
        self.calls.append(("revoke", (subject_id, reason)))

    def verify(self, video: Path) -> Any:
        return SimpleNamespace(to_json=lambda: {"state": "valid", "media_intact": True})


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[tuple[str, FakeStudio]]:
    """The application with a fake service, started as `avatar serve` starts it."""
    from capture.video import write_mp4

    folder = tmp_path_factory.mktemp("served")
    patch = pytest.MonkeyPatch()
    patch.setenv("GRADIO_TEMP_DIR", str(folder / "cache"))
    patch.setenv("GRADIO_ANALYTICS_ENABLED", "False")
    patch.setenv("HF_HUB_OFFLINE", "1")
    video = folder / "avatar.mp4"
    ramp = np.linspace(0, 200, 64 * 64 * 3, dtype=np.uint8).reshape(64, 64, 3)
    write_mp4((ramp + step for step in range(10)), video, fps=Fraction(25))
    studio = FakeStudio(video)
    demo = demo_app.build_demo(studio)
    settings = {**demo_app.LAUNCH, "max_file_size": "1mb"}
    _, url, _ = demo.launch(prevent_thread_lock=True, quiet=True, css=demo_app.CSS, **settings)
    yield url, studio
    demo.close()
    patch.undo()


@pytest.fixture
def client(served) -> Any:
    from gradio_client import Client

    return Client(served[0], verbose=False)


def sound(folder: Path) -> Any:
    """A short WAV file, as a client uploads it."""
    import wave

    from gradio_client import handle_file

    path = folder / "speech.wav"
    with wave.open(str(path), "wb") as stream:
        stream.setnchannels(1)
        stream.setsampwidth(2)
        stream.setframerate(16000)
        stream.writeframes(bytes(3200))
    return handle_file(str(path))


def test_launch_settings_keep_the_application_private():
    assert demo_app.LAUNCH["server_name"] == "127.0.0.1"
    assert demo_app.LAUNCH["share"] is False
    assert demo_app.LAUNCH["run_history"] is False
    assert demo_app.LAUNCH["enable_monitoring"] is False


def test_the_public_endpoints_are_the_named_ones(client):
    endpoints = client.view_api(return_format="dict", print_info=False)
    assert set(endpoints["named_endpoints"]) == PUBLIC
    assert endpoints["unnamed_endpoints"] == {}


def test_speaking_returns_the_video_byte_for_byte(served, client, tmp_path):
    result = client.predict(ADA.subject_id, sound(tmp_path), 7, api_name="/speak")
    path = Path(result["video"] if isinstance(result, dict) else result)
    assert path.read_bytes() == served[1].video.read_bytes()
    assert ("speak", (ADA.subject_id, 7)) in served[1].calls


def test_a_text_is_said_in_the_chosen_voice(served, client):
    client.predict(ADA.subject_id, None, 7, "Hello! [smile]", "joe", api_name="/speak")
    assert served[1].calls[-1] == ("say", ("Hello! [smile]", "joe", None))


def test_a_text_beside_a_recording_and_a_voice_by_path_are_refused(client, tmp_path):
    with pytest.raises(Exception, match="Remove the recording or the text"):
        client.predict(ADA.subject_id, sound(tmp_path), 7, "Hello", "joe", api_name="/speak")
    with pytest.raises(Exception, match="not in the list of choices"):
        client.predict(ADA.subject_id, None, 7, "Hello", "/etc/x.onnx", api_name="/speak")


def test_a_refusal_reaches_the_client_in_our_words(client, tmp_path):
    with pytest.raises(Exception, match=r"The consent was revoked.*Ask for a new one"):
        client.predict(BEN.subject_id, sound(tmp_path), 0, api_name="/speak")


def test_controls_reach_the_service_and_are_natural_where_they_are_left_out(
    served, client, tmp_path
):
    client.predict(ADA.subject_id, sound(tmp_path), 7, api_name="/speak")
    assert served[1].controls[-1] == Controls()
    given = (1.5, 0.5, "source", "0.8", "camera", "0:0,0,0 2:10,0,0", True)
    client.predict(ADA.subject_id, 5, 3, *given, api_name="/idle")
    assert ("idle", (ADA.subject_id, 5.0, 3)) in served[1].calls
    controls = served[1].controls[-1]
    assert (controls.expression, controls.pose, controls.still) == (1.5, 0.5, True)
    assert (controls.eye_open, controls.lip_open, controls.gaze) == ("source", 0.8, (0.0, 0.0))
    assert str(controls.view) == "0:0,0,0 2:10,0,0"


def test_emotion_and_gains_reach_the_service_and_are_natural_where_they_are_left_out(
    served, client, tmp_path
):
    client.predict(ADA.subject_id, sound(tmp_path), 7, api_name="/speak")
    assert served[1].manners[-1] == (Gains(), Manner())
    usual = (1, 1, "1", "1", "follow", "0,0,0", False, "keep", "full", False, False)
    moved = ("happy", 0.8, 1, 1, 1, 0.5, 1, 2, "procedural")
    given = (ADA.subject_id, sound(tmp_path), 7, "", "", *usual, *moved)
    client.predict(*given, api_name="/speak")
    gains, manner = served[1].manners[-1]
    assert gains == Gains(head=0.5, blink_rate=2)
    assert (manner.emotion, manner.generator) == (Emotion("happy", 0.8), "procedural")


def test_what_the_picture_shows_reaches_the_service_and_no_file_of_this_machine(
    served, client, tmp_path
):
    client.predict(ADA.subject_id, sound(tmp_path), 7, api_name="/speak")
    assert served[1].pictures[-1] == Picture()
    usual = (1, 1, "1", "1", "follow", "0,0,0", False)
    look = ("#00b140", "9:16", False, True)
    client.predict(ADA.subject_id, 5, 3, *usual, *look, api_name="/idle")
    assert served[1].pictures[-1] == Picture(background="#00b140", crop="9:16", preview=True)
    with pytest.raises(Exception, match="no background"):
        look = ("/etc/passwd", "full", False, False)
        client.predict(ADA.subject_id, 5, 3, *usual, *look, api_name="/idle")


@pytest.mark.parametrize("view", ["90,0,0", "/etc/passwd", "keys.csv"])
def test_a_control_that_cannot_be_is_told(client, view):
    given = (1, 1, "1", "1", "follow", view, False)
    with pytest.raises(Exception, match="view: "):
        client.predict(ADA.subject_id, 5, 3, *given, api_name="/idle")


def test_a_bug_does_not_leak_its_text(client, tmp_path):
    with pytest.raises(Exception) as caught:
        client.predict(ADA.subject_id, sound(tmp_path), 13, api_name="/speak")
    assert "/private/path" not in str(caught.value)


def test_a_missing_input_is_named(client):
    with pytest.raises(Exception, match="The avatar is missing"):
        client.predict(None, None, 0, api_name="/speak")


def test_an_oversized_upload_is_refused(client, tmp_path):
    from gradio_client import handle_file

    large = tmp_path / "large.wav"
    large.write_bytes(bytes(2_000_000))
    with pytest.raises(Exception, match=r"(?i)size"):
        client.predict(ADA.subject_id, handle_file(str(large)), 0, api_name="/speak")


@pytest.mark.parametrize("name", ["Ada", "Nobody"])
def test_the_recording_is_gone_after_an_enrolment_and_was_never_served(served, client, name):
    from gradio_client import handle_file

    url, studio = served
    recording = handle_file(str(studio.video))
    arguments = (name, "synthetic", ["speak"], "rendered", recording)
    if name == "Nobody":
        with pytest.raises(Exception, match="the code words were not heard"):
            client.predict(*arguments, api_name="/enrol")
    else:
        subject_id, report = client.predict(*arguments, api_name="/enrol")
        assert subject_id == ADA.subject_id
        assert "Say a long 'oo'" in report
    _, (_, uploaded, _) = studio.calls[-1]
    assert studio.seen[-1] == studio.video.read_bytes()
    assert not uploaded.exists()
    assert fetch(f"{url}gradio_api/file={uploaded}") != 200


def fetch(url: str) -> int:
    """Return the HTTP status of an address; 0 where nobody answers."""
    import httpx

    try:
        return httpx.get(url).status_code
    except httpx.TransportError:
        return 0


def test_run_history_and_monitoring_are_off(served):
    url, _ = served
    assert fetch(f"{url}gradio_api/runs") in (403, 404)
    assert fetch(f"{url}monitoring") in (401, 403, 404)


def test_revoking_and_verifying_reach_the_service(served, client):
    from gradio_client import handle_file

    client.predict(ADA.subject_id, "moved on", api_name="/revoke")
    assert ("revoke", (ADA.subject_id, "moved on")) in served[1].calls
    proof = client.predict(handle_file(str(served[1].video)), api_name="/verify")
    proof = json.loads(Path(proof).read_text()) if isinstance(proof, str) else proof
    assert proof == {"state": "valid", "media_intact": True}


BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def page(served) -> Iterator[Any]:
    """The application in a headless Chromium."""
    executable = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if executable is None:
        pytest.skip("no Chromium is installed")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable, args=list(FLAGS))
        opened = browser.new_page(viewport={"width": 1280, "height": 900})
        opened.goto(served[0])
        opened.get_by_role("heading", name="Countenance").wait_for()
        # the tabs are drawn after the heading
        opened.get_by_role("tab", name="Verify").wait_for()
        yield opened
        browser.close()


def test_the_page_has_its_tabs_in_the_order_of_the_work(page):
    names = [tab.inner_text().strip() for tab in page.get_by_role("tab").all()]
    assert names == ["Enrol", "Speak", "Re-enact", "Idle", "Registry", "Verify"]


def test_the_state_of_the_consent_stands_beside_the_picker(page):
    page.get_by_role("tab", name="Speak").click()
    page.get_by_label("Avatar", exact=True).first.click()
    page.get_by_role("option").first.click()
    page.get_by_text("until 2027-06-30").wait_for(timeout=10_000)


def test_a_refusal_is_shown_to_the_person(page):
    page.get_by_role("tab", name="Enrol").click()
    page.get_by_role("button", name="Enrol", exact=True).click()
    page.get_by_text("The recording is missing.").wait_for(timeout=10_000)


def test_an_enrolled_person_speaks_and_is_refused_what_was_not_granted(
    enrolled, tmp_path, monkeypatch
):
    from gradio_client import Client

    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))
    studio = Studio(enrolled.home, outputs=tmp_path / "cache" / "outputs")
    (person,) = studio.people()
    assert (person.name, person.status) == ("Test Person", "active")
    demo = demo_app.build_demo(studio)
    _, url, _ = demo.launch(prevent_thread_lock=True, quiet=True, **demo_app.LAUNCH)
    try:
        client = Client(url, verbose=False)
        made = client.predict(person.subject_id, sound(tmp_path), 0, api_name="/speak")
        assert studio.verify(Path(made)).state == "valid"
        with pytest.raises(Exception, match="No consent is recorded"):
            client.predict("subject_of_nobody", sound(tmp_path), 0, api_name="/speak")
    finally:
        demo.close()


def test_serve_answers_on_this_machine_and_ends_on_an_interrupt(home, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "avatar.cli", "serve", "--no-open", "--port", str(port)]
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, env={**os.environ, "TMPDIR": str(temporary)}
    )
    try:
        deadline = time.monotonic() + 90
        while fetch(f"http://127.0.0.1:{port}/") != 200:
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) in (0, 130)
    finally:
        process.kill()
    assert [path.name for path in temporary.glob("countenance-*")] == []
