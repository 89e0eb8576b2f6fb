"""The generated documentation is up to date, and what the pages point at exists."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import re
import shlex
from pathlib import Path

import click
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


def shown_commands(text: str) -> list[list[str]]:
    """List the command lines `avatar …` of a page's code blocks, without comments."""
    blocks = re.findall(r"```[a-z]*\n(.*?)```", text, flags=re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("avatar ")]


def unknown_words(words: list[str]) -> list[str]:
    """List what a command line names and the command has not."""
    from avatar.cli import cli

    command: click.Command = cli
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        inner = command.get_command(click.Context(command), words[0])
        if inner is None:
            return [words[0]]
        command, words = inner, words[1:]
    options = {
        name
        for parameter in command.params
        for name in (*parameter.opts, *parameter.secondary_opts)
    }
    return [word for word in words if word.startswith("-") and word not in options | {"-h"}]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_shown_commands_exist(page):
    if page.name == "commands.md":
        pytest.skip("generated from the commands themselves")
    for words in shown_commands(page.read_text(encoding="utf-8")):
        assert unknown_words(words) == [], words


def test_an_unknown_command_and_option_are_found():
    (first, second) = shown_commands("```\navatar fly  # x\navatar speak ID --loud -o x\n```\n")
    assert unknown_words(first) == ["fly"]
    assert unknown_words(second) == ["--loud"]


def test_the_python_of_the_readme_names_what_exists():
    import avatar
    import consent
    import reenact

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    packages = {"avatar": avatar, "consent": consent, "reenact": reenact}
    called = {
        (node.func.value.id, node.func.attr): {keyword.arg for keyword in node.keywords}
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in packages
    }
    assert ("reenact", "enroll") in called and ("reenact", "speak") in called
    for (package, name), keywords in called.items():
        assert keywords <= set(inspect.signature(getattr(packages[package], name)).parameters)
