"""Canonical JSON, so that what was signed can be written down again byte for byte.

Follows RFC 8785 (JSON Canonicalization Scheme): keys sorted by UTF-16 code units, no spaces,
ECMAScript number formatting, UTF-8. Reading is strict: no duplicate keys, no NaN.
"""

import json
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

_LARGEST_EXACT_INTEGER = 2**53 - 1


def canonical_json(value: object) -> bytes:
    """Serialise plain data (mappings, sequences, text, numbers, booleans, None) canonically.

    Raises:
        ValueError: A number is not finite or not exactly representable, a key is not text, text
            holds a lone surrogate, or a type is not plain data.
    """
    return _text(value).encode("utf-8")


def parse_json(data: bytes | str) -> Any:
    """Read JSON strictly.

    Raises:
        ValueError: Not JSON, not UTF-8, a duplicate key, a non-finite number, or nested too deeply.
    """
    try:
        return json.loads(
            data,
            object_pairs_hook=_reject_duplicates,
            parse_constant=_reject_constant,
            parse_int=_read_integer,
        )
    except RecursionError as error:
        raise ValueError("JSON is nested too deeply") from error


def _text(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return json.dumps(str(value), ensure_ascii=False)
    if isinstance(value, int):
        if abs(value) > _LARGEST_EXACT_INTEGER:
            raise ValueError(f"{value} is too large to be exact in JSON")
        return str(int(value))
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise ValueError("JSON keys must be text")
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{_text(key)}:{_text(value[key])}" for key in keys) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_text, value)) + "]"
    raise ValueError(f"{type(value).__name__} has no canonical JSON form")


def _number(value: float) -> str:
    """Format a finite double as ECMAScript does (RFC 8785, section 3.2.2.3)."""
    if not math.isfinite(value):
        raise ValueError(f"{value} has no JSON form")
    if value == 0:
        return "0"
    sign, digit_tuple, exponent = Decimal(repr(value)).as_tuple()
    digits = "".join(map(str, digit_tuple))
    point = len(digits) + int(exponent)  # decimal point sits after this many digits
    digits = digits.rstrip("0")
    prefix = "-" if sign else ""
    if len(digits) <= point <= 21:
        return prefix + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{prefix}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{prefix}0.{'0' * -point}{digits}"
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{prefix}{digits[0]}{fraction}e{point - 1:+d}"


def _read_integer(text: str) -> int | float:
    """Read digits without a point; beyond what is exact they stand for a double (RFC 8785)."""
    value = int(text)
    if abs(value) <= _LARGEST_EXACT_INTEGER:
        return value
    rounded = float(text)
    if math.isinf(rounded):
        raise ValueError("A number is too large for JSON")
    return rounded


def _reject_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("JSON object has a duplicate key")
    return result


def _reject_constant(name: str) -> object:
    raise ValueError(f"{name} is not allowed in JSON")
