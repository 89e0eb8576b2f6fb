import inspect

import pytest

import reenact
from avatar.cli import cli
from benchmarks.rows import ENGINE, GENERIC, ROWS, WARP, chosen_rows


def test_the_engine_itself_is_always_among_the_chosen_and_last():
    assert [row.name for row in chosen_rows()] == [WARP, GENERIC, ENGINE]
    assert [row.name for row in chosen_rows((WARP,))] == [WARP, ENGINE]


@pytest.mark.parametrize("row", ROWS)
def test_the_public_function_and_the_commands_know_every_setting(row):
    assert set(row.options) <= set(inspect.signature(reenact.reenact).parameters)
    for name in ("reenact", "speak"):
        command = cli.get_command(None, name)
        known = {flag for option in command.params for flag in option.opts}
        assert set(row.flags[::2]) <= known
