import json
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from synthetic.person import Person
from synthetic.sets.items import RECORD, Item, is_done
from synthetic.sets.making import make_set
from synthetic.sets.options import Options
from synthetic.sets.running import Tally, batches, make_items
from synthetic.sets.studio import Look, Studio


@dataclass(frozen=True, slots=True)
class Note(Item):
    set_name: ClassVar[str] = "notes"
    text: str = ""

    def make(self, folder: Path, studio: Studio) -> None:
        (folder / "note.txt").write_text(self.text)
        if self.text == "broken":
            raise RuntimeError("no ink")


def note(name: str, text: str = "a", person: int = 0) -> Note:
    return Note(name, Person(seed=person), 1, Look(), text)


def test_what_is_finished_is_not_made_again(tmp_path):
    items = [note("one"), note("two")]
    assert make_items(items, tmp_path) == Tally(made=2, skipped=0)
    written = (tmp_path / "one" / RECORD).stat().st_mtime_ns
    assert make_items([*items, note("three")], tmp_path) == Tally(made=1, skipped=2)
    assert (tmp_path / "one" / RECORD).stat().st_mtime_ns == written


def test_an_item_with_other_parameters_takes_the_place_of_the_old_one(tmp_path):
    make_items([note("one", "a")], tmp_path)
    assert not is_done(note("one", "b"), tmp_path)
    assert make_items([note("one", "b")], tmp_path) == Tally(made=1, skipped=0)
    assert (tmp_path / "one" / "note.txt").read_text() == "b"


def test_a_failing_item_leaves_nothing_and_does_not_stop_the_others(tmp_path):
    with pytest.raises(RuntimeError, match="no ink"):
        make_items([note("one", "broken"), note("two")], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["two"]


def test_an_interrupt_leaves_nothing_half_written_and_what_a_kill_left_is_swept(
    tmp_path, monkeypatch
):
    def interrupted(self: Note, folder: Path, studio: Studio) -> None:
        (folder / "note.txt").write_text("half")
        raise KeyboardInterrupt

    (tmp_path / ".one.0000.part").mkdir()
    monkeypatch.setattr(Note, "make", interrupted)
    with pytest.raises(KeyboardInterrupt):
        make_items([note("one")], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_record_that_was_cut_short_counts_as_missing(tmp_path):
    make_items([note("one")], tmp_path)
    record = tmp_path / "one" / RECORD
    record.write_text(record.read_text()[:40])
    assert make_items([note("one")], tmp_path).made == 1


def test_two_items_of_one_name_are_refused(tmp_path):
    with pytest.raises(ValueError, match="same name"):
        make_items([note("one"), note("one")], tmp_path)


def test_items_of_one_person_stay_together_unless_that_idles_a_process():
    items = [note(f"{person}{clip}", person=person) for person in range(4) for clip in range(2)]
    assert [len(batch) for batch in batches(items, 2)] == [2, 2, 2, 2]
    assert [len(batch) for batch in batches(items, 3)] == [1] * 8


@pytest.fixture(scope="module")
def training(tmp_path_factory):
    """The same training set, made by one process and by two."""
    options = Options(seed=3, people=2, frames=1, look=Look(size=48, samples=1))
    folders = [tmp_path_factory.mktemp(f"training{workers}") for workers in (1, 2)]
    for workers, folder in enumerate(folders, 1):
        make_set("training", folder, options, workers=workers)
    return folders


def test_one_process_and_two_make_the_same_bytes(training):
    one, two = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*")}
        for folder in training
    )
    assert len(one) == 2 * 6 + 1
    assert one == two


def test_people_of_a_set_differ_and_are_listed(training):
    listed = json.loads((training[0] / "set.json").read_text())["items"]
    assert [entry["name"] for entry in listed] == ["p000", "p001"]
    assert listed[0]["person_seed"] != listed[1]["person_seed"]
    one, two = (training[0] / name / "000.jpg" for name in ("p000", "p001"))
    assert one.read_bytes() != two.read_bytes()
