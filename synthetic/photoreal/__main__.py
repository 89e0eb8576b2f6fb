"""`python -m synthetic.photoreal -o docs/images`: stills of the crafted people."""

import argparse
import logging
import sys
from pathlib import Path

from capture.errors import MissingBackendError
from synthetic.photoreal.heroes import HEROES, draw_hero


def main() -> int:
    """Parse the command line and render. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m synthetic.photoreal", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(HEROES)}; without any, all")
    parser.add_argument("-o", "--out", type=Path, required=True, help="folder to write into")
    parser.add_argument("--size", type=int, default=512, help="px on a side")
    parser.add_argument("--samples", type=int, default=32, help="paths per pixel at most")
    parser.add_argument("--threads", type=int, default=0, help="0: all cores")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(HEROES):
        parser.error(f"nobody is called {', '.join(sorted(unknown))}")
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name in arguments.names or HEROES:
        path = arguments.out / f"hero_{name}.jpg"
        try:
            draw_hero(
                name, path, size=arguments.size, samples=arguments.samples,
                threads=arguments.threads,
            )  # fmt: skip
        except MissingBackendError as error:
            sys.stderr.write(f"Error: {error}\n{error.hint}\n")
            return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
