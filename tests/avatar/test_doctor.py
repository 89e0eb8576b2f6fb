"""What `avatar doctor` finds."""

from __future__ import annotations

import pytest

from avatar import doctor


def only(findings):
    (finding,) = findings
    return finding


def test_two_versions_that_own_cv2_are_a_failure():
    owners = {"opencv-python": "4.10.0", "opencv-contrib-python": "5.0.0"}
    finding = only(doctor.check_cv2(owners))
    assert (finding.status, finding.exit_code) == ("failed", 6)
    assert "opencv-python 4.10.0" in finding.detail


def test_one_version_of_cv2_is_well():
    owners = {"opencv-python": "5.0.0", "opencv-contrib-python": "5.0.0"}
    assert only(doctor.check_cv2(owners)).status == "ok"


def test_our_dependencies_are_read_without_extras_and_versions():
    names = doctor.required_distributions()
    assert "click" in names and "c2pa-python" in names
    assert "pytest" not in names and not any(set(name) & set("<>=[; ") for name in names)


def test_a_missing_dependency_is_a_failure_with_the_command_that_mends_it(monkeypatch):
    monkeypatch.setattr(doctor, "required_distributions", lambda: ["no-such-distribution"])
    finding = list(doctor.check_versions())[-1]
    assert finding.status == "failed" and "pip install" in finding.hint


def test_altered_weights_are_a_failure_that_gives_5(tmp_path, monkeypatch):
    monkeypatch.setenv("COUNTENANCE_WEIGHTS", str(tmp_path))
    (tmp_path / "face_landmarker.task").write_bytes(b"altered")
    findings = {finding.name: finding for finding in doctor.check_weights()}
    assert findings["weights face-landmarker"].status == "failed"
    assert findings["weights face-landmarker"].exit_code == 5


def test_no_registry_yet_is_well_and_none_is_made(home):
    assert only(doctor.check_registry(home)).status == "ok"
    assert not home.exists()


def test_a_damaged_registry_is_a_failure(home):
    from consent import Registry

    Registry.open(home)
    assert only(doctor.check_registry(home)).status == "ok"
    (home / "registry.db").write_bytes(b"not a database, but long enough to be looked at" * 100)
    assert only(doctor.check_registry(home)).status == "failed"


def test_a_check_that_cannot_import_is_a_finding(monkeypatch, tmp_path):
    def check_broken():
        raise ImportError("libGL.so.1")
        yield

    monkeypatch.setattr(doctor, "CHECKS", (check_broken,))
    finding = next(doctor.findings(tmp_path))
    assert (finding.name, finding.status) == ("broken", "failed")
    assert "libGL" in finding.detail


@pytest.mark.parametrize("name", ["libx264", "aac"])
def test_the_encoders_of_the_output_are_there(name):
    findings = {finding.name: finding.status for finding in doctor.check_encoders()}
    assert findings[f"encoder {name}"] == "ok"
