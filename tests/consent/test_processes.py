"""Several processes on one home, as the workers of a batch are."""

import multiprocessing
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from consent.decision import CODE_WORDS, ONE_FACE
from consent.errors import ConsentRefused
from consent.record import Check, Kind, Purpose
from consent.registry import Registry

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def open_and_challenge(home: Path) -> None:
    Registry.open(home, now=NOW).issue_challenge("Ann", now=NOW)


def authorize(home: Path, subject_id: str, times: int) -> None:
    registry = Registry.open(home)
    for _ in range(times):
        permit = registry.authorize(subject_id, purpose=Purpose.SPEAK, now=NOW)
        registry.verify(permit, subject_id=subject_id, purpose=Purpose.SPEAK, now=NOW)
        registry.unseal(permit, now=NOW)


def try_to_grant(home: Path, challenge_file: Path, recording: str, results: Path) -> None:
    from consent.challenge import Challenge

    registry = Registry.open(home)
    try:
        registry.grant(
            name="Ann",
            kind=Kind.RECORDED,
            purposes=[Purpose.SPEAK],
            recording_sha256=recording,
            checks=[Check(CODE_WORDS, "passed", 1.0), Check(ONE_FACE, "passed", 0.3)],
            challenge=Challenge.load(challenge_file),
            now=NOW,
        )
    except ConsentRefused:
        return
    (results / recording).touch()


def all_at_once(target, argument_lists) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=target, args=arguments) for arguments in argument_lists]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0] * len(workers)


def test_processes_that_make_the_same_home_at_once_agree_on_one(tmp_path):
    home = tmp_path / "home"
    all_at_once(open_and_challenge, [(home,)] * 4)
    registry = Registry.open(home, create=False)
    assert registry.audit() == []
    with registry.core.log.reading() as view:
        kinds = sorted(entry.kind for entry in view.entries())
    assert kinds == ["challenge"] * 4 + ["created"]


def test_no_entry_is_lost_or_forked_when_processes_write_at_once(registry, grant_synthetic, now):
    record = grant_synthetic()
    registry.seal(record, b"identity", now=now)
    all_at_once(authorize, [(registry.home, record.subject_id, 6)] * 4)
    assert registry.audit() == []
    with registry.core.log.reading() as view:
        assert len(view.entries(kind="permit")) == 24


def test_one_challenge_grants_once_however_many_try(registry, tmp_path, now):
    challenge_file = tmp_path / "challenge.json"
    registry.issue_challenge("Ann", now=now).save(challenge_file)
    results = tmp_path / "results"
    results.mkdir()
    all_at_once(
        try_to_grant,
        [(registry.home, challenge_file, f"{n:064x}", results) for n in range(4)],
    )
    assert len(list(results.iterdir())) == 1
    assert len(registry.records()) == 1
    assert registry.audit() == []


def test_threads_share_one_registry(registry, grant_synthetic, now):
    record = grant_synthetic()
    failures = []

    def work() -> None:
        try:
            for _ in range(5):
                registry.authorize(record.subject_id, purpose=Purpose.SPEAK, now=now)
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert registry.audit() == []


@pytest.mark.parametrize("delay_s", [0.05, 0.2])
def test_a_killed_writer_leaves_a_registry_that_verifies(registry, grant_synthetic, now, delay_s):
    record = grant_synthetic()
    code = (
        "import sys\nfrom pathlib import Path\nfrom consent.registry import Registry\n"
        "registry = Registry.open(Path(sys.argv[1]))\nprint('ready', flush=True)\n"
        "while True: registry.issue_challenge('Ann')\n"
    )
    worker = subprocess.Popen(
        [sys.executable, "-c", code, str(registry.home)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).resolve().parents[2],
    )
    with worker:
        assert worker.stdout is not None
        worker.stdout.readline()
        threading.Event().wait(delay_s)
        worker.kill()
    again = Registry.open(registry.home)
    assert again.audit() == []
    assert again.records() == [record]
    again.issue_challenge("Ann")
    assert again.audit() == []


def test_importing_consent_pulls_nothing_heavy():
    code = (
        "import sys, consent, consent.cli, consent.registry\n"
        "print(*{m.partition('.')[0] for m in sys.modules} & {'numpy', 'c2pa', 'cv2', 'torch'})"
    )
    out = subprocess.check_output(
        [sys.executable, "-c", code], text=True, cwd=Path(__file__).resolve().parents[2]
    )
    assert out.split() == []
