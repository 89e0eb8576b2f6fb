import json

import pytest

from benchmarks import cross_page, pages
from benchmarks.figures import FIGURES
from benchmarks.report import markdown_table, number, write_json
from benchmarks.rows import ENGINE, STILL, WARP

GOOD = {
    **dict.fromkeys(FIGURES, 1.0),
    **{"akd": 0.8, "akd_lips": 0.9, "akd_eyes": 0.8, "l1": 0.02, "aed": 0.2, "psnr": 30.0},
    **{"ssim": 0.9, "eye_corr": 0.9, "eye_close": 1.0, "own_frames": 0.3, "driver": 0.7},
}
STOOD = {**GOOD, "akd": 10.0, "akd_lips": 10.0, "akd_eyes": 9.0, "l1": 0.05, "psnr": 20.0,
         "l1_face": 1.1, "ssim": 0.5, "aed": 0.4}  # fmt: skip
WARPED = {**GOOD, "akd": 0.9, "akd_lips": 1.0, "akd_eyes": 0.9, "l1": 0.03, "psnr": 25.0,
          "ssim": 0.7, "aed": 0.3}  # fmt: skip


def entry(name="clip", *, group="real", warp=True, **changes):
    rows = {STILL: STOOD, WARP: WARPED}
    if not warp:
        rows = {STILL: STOOD}
    made = {**rows, ENGINE: {**GOOD, **changes}}
    return {"clip": name, "group": group, "rows": made, "learnt": {"useful": True}}


@pytest.mark.parametrize(
    ("change", "missed"),
    [
        ({}, []),
        ({"akd": 1.6}, ["AKD"]),
        ({"l1": 0.04}, ["no worse than warp"]),
        ({"l1": 0.05}, ["L1 below still", "no worse than warp"]),
        ({"sharpness": 0.79}, ["sharpness"]),
        ({"akd": float("nan")}, ["AKD"]),
        ({"eye_close": 0.6}, ["lids"]),
        ({"eye_corr": float("nan"), "eye_close": float("nan")}, []),
        ({"seam": float("nan")}, []),
        ({"jitter": 1.3, "change": 1.4, "seam": 1.2}, ["jitter", "change", "seam"]),
    ],
)
def test_a_clip_misses_what_it_does_not_reach(change, missed):
    assert pages.verdict(entry(**change))["missed"] == missed


def reached(entries):
    return {target.what: target.reached for target in pages.targets(entries)}


def test_every_target_is_reached_by_good_clips_and_missed_by_bad_ones():
    assert all(reached([entry("a"), entry("b")]).values())
    bad = {"l1": 0.06, "akd": 9.0, "akd_lips": 9.0, "akd_eyes": 9.5, "psnr": 10.0, "ssim": 0.1}
    bad |= {"eye_corr": 0.1, "eye_close": 0.1, "sharpness": 0.2, "jitter": 3.0, "change": 3.0}
    bad |= {"seam": 3.0, "aed": 0.9}
    found = reached([entry("a", **bad)])
    assert not any(found.values())


def test_one_bad_clip_spoils_what_every_clip_has_to_reach_but_no_median():
    found = reached([entry("a"), entry("b"), entry("c", akd=2.0, l1=0.051)])
    assert not found["AKD at most 1.5 px"]
    assert not found["L1 below the still frame's"]
    assert found["AKD, median, px"]
    assert found["L1, median"]


def test_short_and_synthetic_clips_do_not_count():
    extra = [entry("s", group="short", l1=0.9), entry("p", group="synthetic", l1=0.9)]
    assert reached([entry("a"), *extra]) == reached([entry("a")])


def test_what_was_not_rendered_is_not_called_reached():
    found = reached([entry("a", warp=False, eye_corr=float("nan"))])
    assert found["lids follow (correlation), median"] is None
    unknown = [what for what, fine in found.items() if fine is None and WARP in what]
    assert len(unknown) == 1
    assert set(reached([]).values()) == {None}


SETTINGS = {"rows": [ENGINE], "minutes": 3.0, "stride": 5, "size": 512, "seed": 0, "frame_px": 384}


def write(folder, entries):
    pages.write(folder, entries, settings=SETTINGS)
    return (folder / "reenact.md").read_text(), json.loads((folder / "reenact.json").read_text())


def test_the_page_reports_every_clip_good_short_and_failed(tmp_path):
    failed = {"clip": "broken", "group": "real", "failed": "no face was found"}
    entries = [entry("good"), entry("bad", akd=9.0), entry("brief", group="short"), failed]
    entries.append(entry("drawn", group="synthetic"))
    page, document = write(tmp_path, entries)
    assert "Over 2 clips of real people" in page
    assert "| AKD at most 1.5 px | all | 1 of 2 | **no** |" in page
    assert "broken: no face was found" in page
    assert "| yes | AKD |" in page
    assert page.index("brief") > page.index("Shorter than 5 s")
    assert page.index("drawn") > page.index("Synthetic people")
    names = ["good", "bad", "brief", "broken", "drawn"]
    assert [item["clip"] for item in document["clips"]] == names
    assert {target["reached"] for target in document["targets"]} == {True, False}
    assert document["machine"]["python"]
    assert document["versions"]["numpy"]


def test_figures_that_do_not_exist_are_null_in_json_and_a_dash_on_the_page(tmp_path):
    page, document = write(tmp_path, [entry("one", seam=float("nan"))])
    assert document["clips"][0]["rows"][ENGINE]["seam"] is None
    assert number(float("nan")) in page.split(f"one: {ENGINE}")[1].splitlines()[0]


def pair(name="a-by-b", **changes):
    truth = {"identity": 0.2, "own_frames": 0.28, "driver": 0.72}
    whole = {**GOOD, "akd_shape": 0.5, "lip_gain": 1.0, "lip_excess": 0.0}
    rows = {STILL: {**STOOD, **{key: whole[key] for key in ("lip_gain", "lip_excess")}},
            ENGINE: {**whole, **changes}}  # fmt: skip
    held = {"unplaced": 6.0, "right": 1.0, "down": 2.0, "scale": 1.0, "roll": 0.0}
    return {"clip": name, "motion": "talk", "truth": truth, "rows": rows,
            "placement": {ENGINE: held}}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "missed"),
    [
        ({}, []),
        ({"akd": 2.1}, ["AKD"]),
        ({"own_frames": 0.34}, ["identity"]),
        ({"l1_face": 1.2}, ["face"]),
    ],
)
def test_a_pair_misses_what_it_does_not_reach(change, missed):
    judged = cross_page.verdict(pair(**change))
    assert judged["missed"] == missed
    assert judged["nearer_to_driver"] == pytest.approx(0.02)


def test_the_page_of_pairs_has_verdicts_causes_and_failures(tmp_path):
    failed = {"clip": "c-by-d", "motion": "act", "failed": "no face was found"}
    cross_page.write(tmp_path, [pair(), pair("b-by-a", akd=3.0), failed], settings=SETTINGS)
    page = (tmp_path / "cross_identity.md").read_text()
    assert "| AKD at most 2 px | all | 1 of 2 | **no** |" in page
    assert f"| b-by-a: {ENGINE} | 6.00 | 1.0 | 2.0 | 1.000 | 0.0 |" in page
    assert "c-by-d: no face was found" in page
    document = json.loads((tmp_path / "cross_identity.json").read_text())
    assert document["clips"][1]["missed"] == ["AKD"]
    assert "AKD px 3.00" in cross_page.line(document["clips"][1])


def test_infinity_and_nan_never_reach_the_file(tmp_path):
    write_json(tmp_path / "a" / "b.json", {"x": [float("inf"), 1.23456789], "y": float("nan")})
    assert json.loads((tmp_path / "a" / "b.json").read_text()) == {"x": [None, 1.23457], "y": None}


def test_a_table_has_one_line_a_row_and_aligns_numbers_right():
    lines = markdown_table(["clip", "L1"], [["a", "1"], ["b", "2"]]).splitlines()
    assert lines == ["| clip | L1 |", "| --- | ---: |", "| a | 1 |", "| b | 2 |"]
