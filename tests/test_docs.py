"""The generated documentation is up to date, and what the pages point at exists."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])


@pytest.fixture(scope="module")
def generate():
    """The module docs/generate.py."""
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def dead_links(page: Path) -> list[str]:
    """List the links and pictures of a page that lead to no file."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)|src=\"([^\"]+)\"", text)
    paths = [first or second for first, second in targets]
    return [path for path in paths if "://" not in path and not (page.parent / path).exists()]


def test_the_generated_parts_are_up_to_date(generate):
    assert [page.name for page in generate.stale()] == [], "run: make docs"


def test_a_stale_part_is_found(generate):
    text = "<!-- generated: weights -->\n| old |\n<!-- end -->\n"
    assert "face-landmarker" in generate.filled(text)
    with pytest.raises(KeyError):
        generate.filled("<!-- generated: nonsense -->\n<!-- end -->")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    assert dead_links(page) == []


def test_a_dead_link_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("[a](b.md) [c](https://example.org) ![d](page.md)")
    assert dead_links(page) == ["b.md"]


def test_every_model_of_the_manifest_is_in_the_readme(generate):
    import weights

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for entry in weights.catalog():
        assert (entry.card.removesuffix(".md") or entry.name) in readme
