"""`python -m synthetic make SET -o DIR`: footage of synthetic people, with truth."""

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from synthetic.fixture import tiny_clip
from synthetic.people import PEOPLE
from synthetic.renderers import RENDERERS
from synthetic.sample import make_people, make_sample
from synthetic.sets.making import SETS, make_set
from synthetic.sets.options import Options
from synthetic.sets.studio import Look
from synthetic.sheet import contact_sheet

_SAMPLES = {"fast": 2, "photoreal": 16}


def main(argv: Sequence[str] | None = None) -> int:
    """Parse the command line, make one set, return the exit code."""
    arguments = _parser().parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        _run(arguments)
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted. Run the same command again to resume.\n")
        return 130
    except Exception as error:
        code = getattr(error, "exit_code", None)
        if not isinstance(code, int):
            raise
        sys.stderr.write(f"Error: {error}\n{getattr(error, 'hint', '')}".rstrip() + "\n")
        return code
    return 0


def _run(arguments: argparse.Namespace) -> None:
    if arguments.command == "sheet":
        contact_sheet(arguments.folder, arguments.out)
    elif arguments.set == "sample":
        make_sample(arguments.out, workers=arguments.workers)
    elif arguments.set == "people":
        make_people(arguments.out, tuple(arguments.person or ()), workers=arguments.workers)
    elif arguments.set == "fixture":
        arguments.out.mkdir(parents=True, exist_ok=True)
        path = arguments.out / f"fixture_{arguments.seed}.mp4"
        tiny_clip(path, frames=arguments.frames or 40, seed=arguments.seed, tone=True)
    else:
        make_set(arguments.set, arguments.out, _options(arguments), workers=arguments.workers)


def _options(arguments: argparse.Namespace) -> Options:
    quick = arguments.set == "training"
    look = Look(
        renderer=arguments.renderer,
        size=arguments.size,
        samples=arguments.samples or _SAMPLES[arguments.renderer],
        detail=arguments.detail or ("coarse" if quick else "fine"),
    )
    return Options(
        seed=arguments.seed,
        people=arguments.people,
        look=look,
        clips=arguments.clips,
        seconds=arguments.seconds,
        sentences=arguments.sentences,
        stills=arguments.stills,
        frames=arguments.frames or 20,
        attacks=tuple(arguments.attack or ()),
        challenge=arguments.challenge,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m synthetic", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("make", help="render a set of footage; resumes where it was stopped")
    make.add_argument("set", choices=["sample", "people", "fixture", *SETS])
    make.add_argument("-o", "--out", type=Path, required=True, help="folder to write into")
    make.add_argument("--seed", type=int, default=0, help="the same seed makes the same set")
    make.add_argument("--people", type=int, default=1, help="how many different people")
    make.add_argument("--renderer", choices=RENDERERS, default="fast")
    make.add_argument("--size", type=int, default=256, help="width and height of a frame, px")
    make.add_argument("--samples", type=int, help="a pixel; fast: 2 squared, photoreal: 16 paths")
    make.add_argument("--detail", choices=["coarse", "fine"], help="of figures")
    make.add_argument("--workers", type=int, default=1, help="processes, of one thread each")
    make.add_argument(
        "--clips", type=int, default=1, help="of each person: talking, driving, cross"
    )
    make.add_argument("--seconds", type=float, default=8.0, help="of a clip without speech")
    make.add_argument("--sentences", type=int, default=2, help="of a talking clip")
    make.add_argument("--stills", type=int, default=16, help="of each person of capture, 8 to 40")
    make.add_argument("--frames", type=int, help="of each person of training; of the fixture")
    make.add_argument("--attack", action="append", metavar="NAME", help="one attack; repeatable")
    make.add_argument("--person", action="append", choices=PEOPLE, help="of people; repeatable")
    make.add_argument("--challenge", type=Path, metavar="FILE", help="that consent answers")
    sheet = commands.add_parser("sheet", help="a contact sheet of a sample's folder")
    sheet.add_argument("folder", type=Path)
    sheet.add_argument("-o", "--out", type=Path, required=True, help="JPEG to write")
    return parser


if __name__ == "__main__":
    sys.exit(main())
