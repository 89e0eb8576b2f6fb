import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from consent import cli
from consent.challenge import Challenge
from consent.errors import ConsentError, RegistryError
from consent.home import default_home
from consent.record import Purpose
from consent.registry import Registry


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "my home"


def run(*arguments: object, home: Path | None = None) -> Result:
    group = {"verify": cli.verify}.get(str(arguments[0]), cli.consent)
    words = [str(word) for word in (arguments[1:] if group is cli.verify else arguments)]
    options = ["--home", str(home)] if home else []
    return CliRunner().invoke(group, [*words, *options])


@pytest.fixture
def subject_id(folder: Path) -> str:
    record = Registry.open(folder).grant(
        name="Ann Example",
        kind="synthetic",
        purposes=[Purpose.SPEAK],
        recording_sha256="a" * 64,
        checks=[],
        attestation="Drawn",
    )
    return record.subject_id


def test_a_challenge_is_printed_and_written(folder, tmp_path):
    path = tmp_path / "a challenge's file.json"
    result = run("challenge", "--name", "Ann Example", "-o", path, home=folder)
    assert result.exit_code == 0
    challenge = Challenge.load(path)
    assert result.stdout.strip() == challenge.statement
    assert challenge.purposes == {Purpose.SPEAK, Purpose.REENACT}


def test_a_new_challenge_replaces_an_old_one_but_no_other_file(folder, tmp_path):
    path = tmp_path / "challenge.json"
    for _ in range(2):
        assert run("challenge", "--name", "Ann", "-o", path, home=folder).exit_code == 0
    path.write_text("my diary")
    result = run("challenge", "--name", "Ann", "-o", path, home=folder)
    assert result.exit_code == 2
    assert path.read_text() == "my diary"


def test_purposes_can_be_chosen(folder, tmp_path):
    path = tmp_path / "challenge.json"
    words = ("challenge", "--name", "A", "-o", path, "--purpose", "export", "--json")
    result = run(*words, home=folder)
    assert json.loads(result.stdout)["purposes"] == ["export"]
    assert "hand out" in json.loads(result.stdout)["statement"]


def test_list_and_show_tell_standing_and_name(folder, subject_id):
    line = run("list", home=folder).stdout
    assert subject_id in line and "active" in line and "Ann Example" in line
    shown = json.loads(run("show", subject_id, "--json", home=folder).stdout)
    assert shown["name"] == "Ann Example"
    assert shown["purposes"] == ["speak"]
    assert "statement:" in run("show", subject_id, home=folder).stdout


def test_an_empty_place_lists_nothing_and_makes_nothing(folder):
    result = run("list", "--json", home=folder)
    assert (result.exit_code, result.stdout) == (0, "")
    assert not folder.exists()


def test_revoke_erases_and_may_be_repeated(folder, subject_id):
    for _ in range(2):
        result = run("revoke", subject_id, "--reason", "asked", home=folder)
        assert result.exit_code == 0
    listed = json.loads(run("list", "--json", home=folder).stdout)
    assert (listed["status"], listed["name"]) == ("revoked", None)
    assert "(erased)" in run("list", home=folder).stdout


def test_audit_returns_0_when_all_holds_and_3_when_not(folder, subject_id):
    result = run("audit", home=folder)
    assert (result.exit_code, result.stdout) == (0, "")
    (folder / "registry.head").write_text("{}")
    result = run("audit", "--json", home=folder)
    assert result.exit_code == 3
    assert all(json.loads(line) for line in result.stdout.splitlines()) and result.stdout
    (folder / "registry.db").unlink()
    assert run("audit", home=folder).exit_code == 3


def test_policy_is_off_by_default_and_can_be_set(folder):
    assert "forbidden" in run("policy", home=folder).stdout
    assert "allowed" in run("policy", "--allow", "documented", home=folder).stdout
    assert "allowed" in run("policy", home=folder).stdout
    assert "forbidden" in run("policy", "--forbid", "documented", home=folder).stdout
    both = run("policy", "--forbid", "documented", "--allow", "documented", home=folder)
    assert both.exit_code == 2


def test_erase_expired_lists_what_it_destroyed(folder):
    long_ago = datetime.now(UTC) - timedelta(days=30)
    record = Registry.open(folder, now=long_ago).grant(
        name="Ann",
        kind="artwork",
        purposes=["speak"],
        recording_sha256="a" * 64,
        checks=[],
        attestation="A painting",
        expires_at=long_ago + timedelta(days=1),
        now=long_ago,
    )
    assert record.subject_id in run("erase-expired", home=folder).stdout
    assert run("erase-expired", "--json", home=folder).stdout == ""


def test_verify_answers_with_its_exit_codes(folder, subject_id, tmp_path):
    from consent.provenance import sign_output

    source = tmp_path / "source.glb"
    source.write_bytes(b"glTF model")
    out = tmp_path / "out put.glb"
    registry = Registry.open(folder)
    permit = registry.authorize(subject_id, purpose=Purpose.SPEAK)
    sign_output(source, out, registry=registry, permit=permit, inputs={}, details={})
    result = run("verify", out, "--json", home=folder)
    assert (result.exit_code, json.loads(result.stdout)["state"]) == (0, "valid")
    assert run("verify", out, home=folder).stdout.startswith("valid: ")
    assert run("verify", out, home=tmp_path / "nowhere").exit_code == 4
    assert not (tmp_path / "nowhere").exists()
    original = out.read_bytes()
    out.write_bytes(b"changed")
    assert run("verify", out, home=folder).exit_code == 4
    out.write_bytes(original)
    registry.revoke(subject_id)
    result = run("verify", out, home=folder)
    assert result.exit_code == 3
    assert result.stdout.startswith("revoked: ")


def test_errors_carry_exit_code_and_hint_to_the_caller(folder, subject_id, tmp_path):
    unknown = run("show", "subject_x", home=folder).exception
    assert isinstance(unknown, ConsentError)
    assert unknown.exit_code == 3
    assert "avatar consent list" in unknown.hint
    missing = run("revoke", "subject_x", home=tmp_path / "nowhere").exception
    assert isinstance(missing, RegistryError)
    assert missing.exit_code == 4


@pytest.mark.parametrize(
    "command", [cli.consent, cli.verify, *cli.consent.commands.values()], ids=lambda c: c.name
)
def test_every_command_shows_an_example_to_copy(command):
    result = CliRunner().invoke(command, ["--help"])
    assert result.exit_code == 0
    assert "\n    avatar " in result.stdout


def test_the_home_comes_from_the_option_then_the_variable_then_the_platform(
    folder, subject_id, tmp_path, monkeypatch
):
    monkeypatch.setenv("COUNTENANCE_HOME", str(folder))
    assert default_home() == folder
    assert subject_id in run("list").stdout
    assert subject_id not in run("list", home=tmp_path / "other").stdout
    monkeypatch.delenv("COUNTENANCE_HOME")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_home() == tmp_path / "countenance"
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert default_home() == Path.home() / ".local/share/countenance"
