"""Finding the synthesisers that are programs."""

import shutil

from capture.errors import MissingBackendError


def program(name: str) -> str:
    """Where a program is.

    Raises:
        MissingBackendError: It is not installed.
    """
    found = shutil.which(name)
    if found is None:
        raise MissingBackendError(
            f"The synthesiser {name} is not installed", hint=f"Install it: apt-get install {name}"
        )
    return found
