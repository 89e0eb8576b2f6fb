"""Random identifiers. They carry no meaning, so they may stand where a name must not."""

import re
import secrets

_PATTERN = re.compile(r"[a-z]+_[0-9a-f]{32}")


def new_id(prefix: str) -> str:
    """Make an identifier of 128 random bits, such as `subject_5f…`."""
    return f"{prefix}_{secrets.token_hex(16)}"


def is_id(text: object, prefix: str) -> bool:
    """Whether `text` is an identifier of that prefix, and so safe as a file name."""
    return (
        isinstance(text, str)
        and _PATTERN.fullmatch(text) is not None
        and text.startswith(f"{prefix}_")
    )
