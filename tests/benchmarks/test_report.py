import json

import pytest

from benchmarks import pages
from benchmarks.report import markdown_table, number, write_json


def figures(**changes):
    values = dict.fromkeys(pages.FIGURES, 1.0)
    return {**values, **changes}


def entry(name="clip", *, group="real", **changes):
    still = figures(akd=10.0, akd_lips=10.0, akd_eyes=10.0, l1=0.05)
    good = {"akd": 1.5, "akd_lips": 2.0, "akd_eyes": 1.0, "l1": 0.03, "sharpness": 0.9}
    made = figures(**{**good, **changes})
    return {"clip": name, "group": group, "rows": {"still": still, "engine": made}}


@pytest.mark.parametrize(
    ("change", "missed"),
    [
        ({}, []),
        ({"akd": 2.1}, ["AKD"]),
        ({"akd_lips": 2.6}, ["lips"]),
        ({"l1": 0.05}, ["L1"]),
        ({"sharpness": 0.69}, ["sharpness"]),
        ({"akd": float("nan")}, ["AKD"]),
    ],
)
def test_a_clip_passes_only_if_every_target_is_reached(change, missed):
    judged = pages.verdict(entry(**change), engine="engine", still="still")
    assert judged["missed"] == missed


def write(folder, entries):
    pages.write(folder, entries, engine="engine", still="still", stride=5, size=512, seed=0)
    return (folder / "reenact.md").read_text(), json.loads((folder / "reenact.json").read_text())


def test_the_page_reports_every_clip_good_short_and_failed(tmp_path):
    failed = {"clip": "broken", "group": "real", "failed": "no face was found"}
    entries = [entry("good"), entry("bad", akd=9.0), entry("brief", group="short"), failed]
    entries.append(entry("drawn", group="synthetic"))
    page, document = write(tmp_path, entries)
    assert "1 of 2 clips of 5 s or more reach every target" in page
    assert "misses AKD" in page
    assert "broken: no face was found" in page
    assert page.index("brief") > page.index("Shorter than 5 s")
    assert page.index("drawn") > page.index("Synthetic people")
    names = ["good", "bad", "brief", "broken", "drawn"]
    assert [item["clip"] for item in document["clips"]] == names
    assert document["machine"]["python"]
    assert document["versions"]["numpy"]


def test_figures_that_do_not_exist_are_null_in_json_and_a_dash_on_the_page(tmp_path):
    page, document = write(tmp_path, [entry("one", seam=float("nan"))])
    assert document["clips"][0]["rows"]["engine"]["seam"] is None
    assert number(float("nan")) in page.split("one: engine")[1].splitlines()[0]


def test_infinity_and_nan_never_reach_the_file(tmp_path):
    write_json(tmp_path / "a" / "b.json", {"x": [float("inf"), 1.23456789], "y": float("nan")})
    assert json.loads((tmp_path / "a" / "b.json").read_text()) == {"x": [None, 1.23457], "y": None}


def test_a_table_has_one_line_a_row_and_aligns_numbers_right():
    lines = markdown_table(["clip", "L1"], [["a", "1"], ["b", "2"]]).splitlines()
    assert lines == ["| clip | L1 |", "| --- | ---: |", "| a | 1 |", "| b | 2 |"]
