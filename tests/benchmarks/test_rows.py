import inspect

import pytest

import reenact
from avatar.cli import cli
from benchmarks.rows import ENGINE, ROWS, WARP, chosen_rows


def test_the_engine_itself_is_always_among_the_chosen_and_last():
    assert [row.name for row in chosen_rows(minutes=3)] == [WARP, ENGINE]
    assert [row.name for row in chosen_rows((ENGINE,), minutes=3)] == [ENGINE]
    assert [row.name for row in chosen_rows((WARP,), minutes=3)] == [WARP, ENGINE]


def test_rows_that_cannot_differ_are_rendered_once():
    assert [row.name for row in chosen_rows(minutes=0)] == [ENGINE]


@pytest.mark.parametrize("row", ROWS)
def test_the_public_function_and_the_commands_know_every_setting(row):
    assert set(row.options) <= set(inspect.signature(reenact.reenact).parameters)
    for name in ("reenact", "speak"):
        command = cli.get_command(None, name)
        known = {flag for each in command.params for flag in (*each.opts, *each.secondary_opts)}
        assert set(row.flags) <= known
