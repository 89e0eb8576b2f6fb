"""The command `avatar`: a table of names, and the one place where errors become exit codes.

Nothing is imported here but click: a command's module is imported when that command is called, so
`avatar --help` answers at once.
"""

from __future__ import annotations

import importlib
import logging
import signal
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from typing import NamedTuple

import click

from avatar.console import environment, native_log_hidden


class Entry(NamedTuple):
    """Where a command lives, and its line in `avatar --help`."""

    target: str  # "module:attribute"
    summary: str


COMMANDS = {
    "demo": Entry("reenact.cli:demo", "Enrol the embedded synthetic person and let it speak."),
    "enroll": Entry("reenact.enroll_command:enroll", "Make an avatar of a person who consents."),
    "speak": Entry("reenact.cli:speak", "Let an avatar speak a recording or a text."),
    "reenact": Entry("reenact.cli:reenact", "Let an avatar follow another video."),
    "idle": Entry(
        "reenact.idle_command:idle", "Let an avatar wait: breathe, blink and look about."
    ),
    "personalize": Entry(
        "reenact.personalise_command:personalize",
        "Learn from a person's footage how they move.",
    ),
    "preview": Entry(
        "reenact.preview_command:preview", "Show the first frame that a driving video would make."
    ),
    "faces": Entry(
        "avatar.faces_command:faces", "List the faces of a video, as --face counts them."
    ),
    "export": Entry("avatar.export_command:export", "Write an avatar's head as a GLB file."),
    "batch": Entry("reenact.cli:batch", "Render the jobs of a table, one after another."),
    "serve": Entry("demo_app:serve", "Open the application in a browser."),
    "consent": Entry("consent.cli:consent", "Ask for consents, look at them, withdraw them."),
    "voices": Entry("reenact.voices_command:voices", "List the voices that can say a text."),
    "verify": Entry("consent.cli:verify", "Tell what a video, picture or sound file is."),
    "weights": Entry("weights.cli:weights", "List, verify and fetch model files."),
    "doctor": Entry("avatar.doctor:doctor", "Check this installation."),
}

EPILOG = """\b
Exit codes:
  0 done                          4 an input or output cannot be used
  1 a bug                         5 weights missing or altered
  2 wrong use of the command      6 an optional package is missing
  3 no consent                    7 a batch ended with failed jobs
                                130 interrupted

\b
Examples:
  avatar demo -o demo.mp4
  avatar speak ID --audio speech.wav -o out.mp4
  avatar speak ID --text "Hello! [smile] I am new here." -o out.mp4
"""


class LazyGroup(click.Group):
    """A group that knows its commands' names and summaries without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].target.partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table; click's own would import every command for its summary."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--home", metavar="DIR", help="Registry, assets and keys [env: COUNTENANCE_HOME].")
@click.option("--weights", metavar="DIR", help="Model files [env: COUNTENANCE_WEIGHTS].")
@click.option("-v", "--verbose", is_flag=True, help="Log to stderr what is being done.")
@click.version_option(package_name="countenance", prog_name="countenance")
@click.pass_context
def cli(ctx: click.Context, home: str | None, weights: str | None, verbose: bool) -> None:
    """Talking-head avatars that need a consent, and can prove it."""
    level = logging.DEBUG if verbose else logging.WARNING
    logging.basicConfig(stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    for package in ("avatar", "audio2motion", "capture", "consent", "reenact", "weights"):
        logging.getLogger(package).setLevel(level)
    # Commands read these where they have no option of their own, and so do worker processes.
    ctx.with_resource(environment(COUNTENANCE_HOME=home, COUNTENANCE_WEIGHTS=weights))
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code.

    Args:
        argv: The arguments after the command's name; the process's own by default.

    Raises:
        Exception: A bug, with its traceback (Python then exits with 1). Errors that a user can
            mend are printed instead and become their exit code.
    """
    if argv is not None:
        return _run(argv)
    signal.signal(signal.SIGTERM, _terminate)
    with nullcontext() if {"-v", "--verbose"} & set(sys.argv) else native_log_hidden():
        return _run(None)


def _terminate(number: int, _frame: object) -> None:
    """End as after an error, so that what is half-written is removed on the way out."""
    sys.exit(128 + number)


def _run(argv: Sequence[str] | None) -> int:
    try:
        return cli.main(argv, prog_name="avatar", standalone_mode=False) or 0
    except click.Abort:
        click.echo("Interrupted. Nothing half-written was left.", err=True)
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except Exception as error:
        code = getattr(error, "exit_code", None)
        if not isinstance(code, int):
            raise  # a bug: let the traceback out
        click.echo(f"Error: {error}\n{getattr(error, 'hint', '')}".rstrip(), err=True)
        return code


if __name__ == "__main__":
    sys.exit(main())
