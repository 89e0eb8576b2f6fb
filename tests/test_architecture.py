"""The shape of the code base: who may import whom, what stays lazy, how long things get.

Every guard is a function of a source tree, so that each test can also show it a tree that breaks
the rule: a guard that cannot fail guards nothing.
"""

from __future__ import annotations

import ast
import importlib.metadata
import re
import statistics
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from click.testing import CliRunner

from avatar.cli import COMMANDS, cli

ROOT = Path(__file__).resolve().parent.parent

LEAVES = {"consent", "weights"}
MAY_IMPORT = {
    "consent": set(),
    "weights": set(),
    "capture": {"weights"},
    "audio2motion": {"capture", "weights"},
    "avatar": {"capture"} | LEAVES,
    "synthetic": {"audio2motion", "avatar", "capture"} | LEAVES,
    "reenact": {"audio2motion", "avatar", "capture"} | LEAVES,
    "demo_app": {"audio2motion", "avatar", "capture", "reenact"} | LEAVES,
}
WORKSHOP = Path("audio2motion/training")
"""Makes what ships but never runs in the product: it may use `synthetic`, nobody may use it."""
HEAVY = {
    "torch",
    "onnxruntime",
    "mediapipe",
    "face_alignment",
    "librosa",
    "pytorch3d",
    "gradio",
    "numba",
    "dlib",
    "pocketsphinx",
    "c2pa",
    "cv2",
    "av",
    "trimesh",
    "scipy",
    "ray",
}
SERIALIZERS = {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "joblib", "marshal"}

MODULE_LINES = 400
MEDIAN_LINES = 200
FUNCTION_LINES = 60  # without the docstring
KERNEL_LINES = 90  # of a function that numba compiles: one loop over pixels, in one piece


def modules(root: Path) -> Iterator[tuple[str, Path, ast.Module]]:
    """Yield (top-level package, path, syntax tree) of every module of ours."""
    for package in MAY_IMPORT:
        single = root / f"{package}.py"
        for path in [single] if single.exists() else sorted((root / package).rglob("*.py")):
            yield package, path, ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield (top-level name, line) of every import, also of those inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name.partition(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0], node.lineno
        elif (
            isinstance(node, ast.Call)
            and ast.unparse(node.func).endswith("import_module")
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            yield str(node.args[0].value).partition(".")[0], node.lineno


def upward_imports(root: Path) -> list[str]:
    """List the imports that go up, sideways, or into the entry points."""
    found = []
    for package, path, tree in modules(root):
        for name, line in imported(tree):
            allowed = MAY_IMPORT[package]
            if (root / WORKSHOP) in path.parents:
                allowed = allowed | {"synthetic"}
            if name in MAY_IMPORT and name != package and name not in allowed:
                found.append(f"{path.relative_to(root)}:{line} imports {name}")
    for package, path, tree in modules(root):
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "avatar.cli":
                found.append(f"{path.relative_to(root)}:{node.lineno} imports avatar.cli")
            elif (
                isinstance(node, ast.ImportFrom)
                and (node.module or "").startswith(".".join(WORKSHOP.parts))
                and (root / WORKSHOP) not in path.parents
            ):
                found.append(f"{path.relative_to(root)}:{node.lineno} imports {node.module}")
            elif package == "consent" and isinstance(node, ast.Import | ast.ImportFrom):
                if "numpy" in {name for name, _ in imported(node)}:
                    found.append(f"{path.relative_to(root)}:{node.lineno} imports numpy")
    return found


def oversized(root: Path) -> list[str]:
    """List the modules and functions that are too long, and a median that is."""
    found, lengths = [], []
    for _, path, tree in modules(root):
        length = len(path.read_text(encoding="utf-8").splitlines())
        if path.name != "__init__.py":
            lengths.append(length)
        if length > MODULE_LINES:
            found.append(f"{path.relative_to(root)}: {length} lines")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.end_lineno - node.lineno + 1 - docstring_lines(node)
                if body > (KERNEL_LINES if compiled(node) else FUNCTION_LINES):
                    found.append(f"{path.relative_to(root)}: {node.name}() has {body} lines")
    if lengths and statistics.median(lengths) > MEDIAN_LINES:
        found.append(f"the median module has {statistics.median(lengths):.0f} lines")
    return found


def compiled(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether numba compiles a function."""
    return any("njit" in ast.unparse(decorator) for decorator in node.decorator_list)


def docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function's docstring."""
    if ast.get_docstring(node, clean=False) is None:
        return 0
    return node.body[0].end_lineno - node.body[0].lineno + 1


def unsafe_loading(root: Path) -> list[str]:
    """List what could run code while reading data: pickles, and torch.load outside weights."""
    found = []
    for package, path, tree in modules(root):
        place = path.relative_to(root)
        found += [f"{place}:{line} uses {n}" for n, line in imported(tree) if n in SERIALIZERS]
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            options = {k.arg: k.value for k in node.keywords}
            if called == "torch.load":
                guarded = ast.unparse(options.get("weights_only", ast.Constant(None))) == "True"
                if package != "weights" or not guarded:
                    found.append(f"{place}:{node.lineno} calls torch.load")
            if ast.unparse(options.get("allow_pickle", ast.Constant(None))) == "True":
                found.append(f"{place}:{node.lineno} allows pickles")
    return found


def printing(root: Path) -> list[str]:
    """List the calls of print() and of sys.exit() in libraries."""
    return [
        f"{path.relative_to(root)}:{node.lineno} calls {ast.unparse(node.func)}"
        for _, path, tree in modules(root)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"print", "os._exit", "exit", "breakpoint"}
    ]


def undeclared(root: Path, declared: set[str]) -> list[str]:
    """List the imports of distributions that pyproject.toml does not name.

    `synthetic` is left out: its baking scripts say themselves what they need.
    """
    owners = {"dlib": ["dlib-bin"], **importlib.metadata.packages_distributions()}
    known = {name.lower().replace("_", "-") for name in declared}
    return [
        f"{path.relative_to(root)}:{line} imports {name}"
        for package, path, tree in modules(root)
        if package != "synthetic"
        for name, line in imported(tree)
        if name not in sys.stdlib_module_names and name not in MAY_IMPORT
        if not known & {each.lower().replace("_", "-") for each in owners.get(name, [name])}
    ]


def declared_distributions() -> set[str]:
    """Return the distributions that pyproject.toml names, extras included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    texts = chain(project["dependencies"], *project["optional-dependencies"].values())
    return {re.match(r"[\w.-]+", text)[0] for text in texts}


def absent_targets(readme: str, makefile: str) -> set[str]:
    """Return the `make` targets that the README names and the Makefile has not."""
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    return set(re.findall(r"^\s*make ([a-z]+)", readme, re.MULTILINE)) - targets


def heavy_after(statement: str) -> list[str]:
    """Run a statement in a new interpreter and list the heavy modules it pulled in."""
    code = f"import sys; {statement}; print(*sorted(set(sys.modules) & {HEAVY!r}))"
    command = [sys.executable, "-c", code]
    return subprocess.check_output(command, text=True, cwd=ROOT).split()


def write(root: Path, name: str, text: str) -> Path:
    """Write one module of a made-up source tree and return the tree."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return root


def test_imports_only_go_down():
    assert upward_imports(ROOT) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("avatar/a.py", "def f():\n    import reenact.speak\n"),
        ("audio2motion/a.py", "from avatar import enroll\n"),
        ("audio2motion/a.py", "from synthetic.speech import speak\n"),
        ("audio2motion/a.py", "from audio2motion.training.takes import Take\n"),
        ("capture/a.py", "import consent\n"),
        ("consent/a.py", "import numpy as np\n"),
        ("reenact/a.py", "import demo_app\n"),
        ("reenact/a.py", "from avatar.cli import main\n"),
        ("avatar/a.py", "import importlib\nimportlib.import_module('reenact.cli')\n"),
    ],
)
def test_an_upward_import_is_found(tmp_path, name, text):
    assert upward_imports(write(tmp_path, name, text))


def test_modules_and_functions_stay_short():
    assert oversized(ROOT) == []


@pytest.mark.parametrize(
    "text",
    [
        "x = 1\n" * (MODULE_LINES + 1),
        "def f():\n" + "    x = 1\n" * FUNCTION_LINES,
        "@numba.njit\ndef f():\n" + "    x = 1\n" * KERNEL_LINES,
        "x = 1\n" * (MEDIAN_LINES + 1),
    ],
)
def test_a_long_module_or_function_is_found(tmp_path, text):
    assert oversized(write(tmp_path, "capture/a.py", text))


def test_nothing_unpickles_and_only_weights_opens_torch_files():
    assert unsafe_loading(ROOT) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("avatar/a.py", "import torch\ntorch.load('x', weights_only=True)\n"),
        ("weights/a.py", "import torch\ntorch.load('x')\n"),
        ("avatar/a.py", "from pickle import loads\n"),
        ("weights/a.py", "np.load(path, allow_pickle=True)\n"),
    ],
)
def test_unsafe_loading_is_found(tmp_path, name, text):
    assert unsafe_loading(write(tmp_path, name, text))


def test_every_import_is_declared():
    assert undeclared(ROOT, declared_distributions()) == []


def test_an_undeclared_import_is_found(tmp_path):
    tree = write(tmp_path, "capture/a.py", "def f():\n    import numpy, no_such_thing\n")
    assert undeclared(tree, {"numpy"}) == ["capture/a.py:2 imports no_such_thing"]
    assert len(undeclared(tree, set())) == 2


def test_libraries_do_not_print():
    assert printing(ROOT) == []


def test_a_print_is_found(tmp_path):
    assert printing(write(tmp_path, "capture/a.py", "print('x')\n"))


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_importing_a_package_pulls_no_heavy_module(package):
    assert heavy_after(f"import {package}") == []


def test_importing_the_commands_pulls_no_heavy_module():
    targets = sorted({entry.target.partition(":")[0] for entry in COMMANDS.values()})
    assert heavy_after(f"import {', '.join(targets)}") == []


def test_a_heavy_import_is_found():
    assert heavy_after("import scipy") == ["scipy"]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_that_agrees_with_the_table(name):
    result = CliRunner().invoke(cli, [name, "-h"])
    assert result.exit_code == 0, result.output
    assert "\\b" not in result.output  # a raw docstring hides click's mark from click
    command = cli.get_command(None, name)
    assert command.get_short_help_str(200).rstrip(".") == COMMANDS[name].summary.rstrip(".")


def test_help_takes_less_than_half_a_second():
    def seconds() -> float:
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "avatar.cli", "--help"], check=True, cwd=ROOT)
        return time.perf_counter() - started

    assert min(seconds() for _ in range(5)) < 0.5


def test_the_commands_of_the_readme_are_targets_of_the_makefile():
    readme, makefile = (ROOT / "README.md").read_text(), (ROOT / "Makefile").read_text()
    assert {"demo", "test"} <= set(re.findall(r"^\s*make ([a-z]+)", readme, re.MULTILINE))
    assert absent_targets(readme, makefile) == set()


def test_an_absent_target_is_found():
    assert absent_targets("make demo\nmake tea\n", "demo: x\n") == {"tea"}
