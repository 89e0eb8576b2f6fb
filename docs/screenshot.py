"""Takes the picture of the browser application: `python docs/screenshot.py OUT.png`.

Enrols the embedded synthetic person in a temporary home, lets it speak in a headless Chromium, and
saves what the page then shows.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import click

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
RENDERING_MS = 600_000


def enrol_sample(home: Path) -> None:
    """Enrol the embedded synthetic person."""
    import avatar
    from consent import Kind, Registry
    from reenact.demo import ATTESTATION, NAME, SAMPLE

    avatar.enroll(
        NAME,
        video=SAMPLE / "person.mp4",
        photos=SAMPLE,
        kind=Kind.SYNTHETIC,
        attestation=ATTESTATION,
        registry=Registry.open(home),
    )


def photograph(url: str, out: Path, *, second: float) -> None:
    """Speak in the page and save it, the video stopped at a second."""
    from playwright.sync_api import sync_playwright

    from reenact.demo import SAMPLE

    browser_path = next(found for name in BROWSERS if (found := shutil.which(name)))
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=browser_path, args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1160, "height": 800})
        page.goto(url)
        page.get_by_role("tab", name="Speak").click()
        page.wait_for_timeout(1500)
        page.get_by_label("Avatar", exact=True).first.click()
        page.get_by_role("option").first.click()
        page.get_by_text("active").first.wait_for()
        page.locator("input[type=file][accept*=audio]").first.set_input_files(
            str(SAMPLE / "speech.flac")
        )
        page.wait_for_timeout(5000)
        page.get_by_role("button", name="Speak", exact=True).click()
        page.locator("video:visible").first.wait_for(timeout=RENDERING_MS)
        page.wait_for_timeout(3000)
        page.evaluate(f"document.querySelectorAll('video').forEach(v => v.currentTime = {second})")
        page.wait_for_timeout(2000)
        page.screenshot(path=str(out))
        browser.close()


@click.command()
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--second", default=0.5, show_default=True, help="Where the video stops.")
def main(out: Path, second: float) -> None:
    """Serve, speak, save."""
    import demo_app
    from reenact.studio import Studio

    with tempfile.TemporaryDirectory(prefix="countenance-") as folder:
        os.environ["GRADIO_TEMP_DIR"] = folder
        home = Path(folder) / "home"
        enrol_sample(home)
        demo = demo_app.build_demo(Studio(home, outputs=Path(folder) / "outputs"))
        _, url, _ = demo.launch(
            prevent_thread_lock=True, quiet=True, css=demo_app.CSS, **demo_app.LAUNCH
        )
        try:
            photograph(url, out, second=second)
        finally:
            demo.close()


if __name__ == "__main__":
    main()
