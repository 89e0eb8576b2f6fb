"""`python -m synthetic make SET -o DIR`: footage of synthetic people."""

import argparse
import logging
from pathlib import Path

from synthetic.fixture import tiny_clip
from synthetic.sample import make_sample
from synthetic.sheet import contact_sheet


def main() -> None:
    """Parse the command line and make one set."""
    parser = argparse.ArgumentParser(prog="python -m synthetic", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("make", help="render a set of footage")
    make.add_argument("set", choices=["sample", "fixture"])
    make.add_argument("-o", "--out", type=Path, required=True, help="folder to write into")
    make.add_argument("--seed", type=int, default=0, help="of the fixture's person and motion")
    make.add_argument("--frames", type=int, default=40, help="of the fixture")
    make.add_argument("--workers", type=int, default=1, help="processes that render")
    sheet = commands.add_parser("sheet", help="a contact sheet of a sample's folder")
    sheet.add_argument("folder", type=Path)
    sheet.add_argument("-o", "--out", type=Path, required=True, help="JPEG to write")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    if arguments.command == "sheet":
        contact_sheet(arguments.folder, arguments.out)
    elif arguments.set == "sample":
        make_sample(arguments.out, workers=arguments.workers)
    else:
        arguments.out.mkdir(parents=True, exist_ok=True)
        path = arguments.out / f"fixture_{arguments.seed}.mp4"
        tiny_clip(path, frames=arguments.frames, seed=arguments.seed, tone=True)


if __name__ == "__main__":
    main()
