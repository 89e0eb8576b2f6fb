import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.canonical import canonical_json, parse_json

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("number", "text"),
    [  # RFC 8785, appendix B
        (0.0, "0"),
        (-0.0, "0"),
        (5e-324, "5e-324"),
        (-1.7976931348623157e308, "-1.7976931348623157e+308"),
        (9007199254740992.0, "9007199254740992"),
        (295147905179352830000.0, "295147905179352830000"),
        (9.999999999999997e22, "9.999999999999997e+22"),
        (1e23, "1e+23"),
        (999999999999999900000.0, "999999999999999900000"),
        (1e21, "1e+21"),
        (9.999999999999997e-7, "9.999999999999997e-7"),
        (0.000001, "0.000001"),
        (333333333.3333332, "333333333.3333332"),
        (-0.0000033333333333333333, "-0.0000033333333333333333"),
        (1424953923781206.2, "1424953923781206.2"),
    ],
)
def test_numbers_are_written_as_rfc_8785_writes_them(number, text):
    assert canonical_json(number).decode() == text


def test_keys_are_sorted_by_utf16_code_units():
    written = canonical_json({"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "ö": 6})
    assert list(json.loads(written)) == ["\r", "1", "ö", "\u20ac", "\U0001f600", "\ufb33"]


@settings(max_examples=60, deadline=None)
@given(PLAIN)
def test_what_is_written_reads_back_and_writes_the_same_again(value):
    written = canonical_json(value)
    assert canonical_json(parse_json(written)) == written
    assert parse_json(written) == value


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, 2**53 + 1, 10**400, {1: "a"}, object(), "\ud800", b"a"]
)
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(ValueError):
        canonical_json(value)


@pytest.mark.parametrize(
    "text", ['{"a":1,"a":2}', "NaN", "[Infinity]", "9" * 400, "{", b"\xff", "[" * 10**5]
)
def test_ambiguous_or_broken_json_is_refused(text):
    with pytest.raises(ValueError):
        parse_json(text)
