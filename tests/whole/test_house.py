"""The house: a folder for each capability, nothing in it too long, words at its door; templates and tests beside."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import config

CODE = config.ROOT / "cycle_tracker"
RUNNING = sorted(path for folder in (CODE, config.ROOT / "scheduler") for path in folder.rglob("*.py"))
WITHOUT_CAPABILITY = {"cli", "models", "reference", "static"}
CAPABILITIES = sorted(
    path.parent.name for path in CODE.glob("*/__init__.py") if path.parent.name not in WITHOUT_CAPABILITY
)
LAYERS = {"rules", "queries", "services", "web"}
MOST_MODULES = 15
MOST_LINES_OF_A_MODULE = 250
MOST_LINES_OF_A_FUNCTION = 50
MOST_IN_SHARED = {CODE / "core": 25, CODE / "web": 25, CODE / "models": 25}
OF_THE_WHOLE = {"access_matrix", "cli", "faults", "journeys", "migrations", "scheduler", "support", "whole"}


def modules_in(folder: Path) -> list[Path]:
    return [path for path in folder.glob("*.py") if path.name != "__init__.py"]


def test_no_folder_is_too_full() -> None:
    folders = {path.parent for path in CODE.rglob("*.py")}
    full = {folder: len(modules_in(folder)) for folder in folders}
    assert {folder: n for folder, n in full.items() if n > MOST_IN_SHARED.get(folder, MOST_MODULES)} == {}


def test_no_module_is_too_long() -> None:
    lengths = {str(path.relative_to(config.ROOT)): len(path.read_text().splitlines()) for path in RUNNING}
    assert {place: length for place, length in lengths.items() if length > MOST_LINES_OF_A_MODULE} == {}


def test_no_function_is_too_long() -> None:
    lengths = {
        f"{path.relative_to(config.ROOT)}:{node.lineno}: {node.name}": (node.end_lineno or node.lineno)
        - node.lineno
        + 1
        for path in RUNNING
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {place: length for place, length in lengths.items() if length > MOST_LINES_OF_A_FUNCTION} == {}


@pytest.mark.parametrize("name", CAPABILITIES)
def test_a_capability_says_what_lives_in_it_what_it_may_use_and_where_to_begin(name: str) -> None:
    words = ast.get_docstring(ast.parse((CODE / name / "__init__.py").read_text())) or ""
    lines = [line for line in words.splitlines() if line]
    assert len(lines) >= 5
    assert lines[2].startswith("It ")
    assert "egin" in lines[-1]
    named = re.findall(r"`([\w/]+\.py)`", lines[-1])
    assert named
    assert [path for path in named if not (CODE / name / path).exists()] == []


@pytest.mark.parametrize("name", CAPABILITIES)
def test_a_capability_with_pages_has_no_other_folders_than_its_layers(name: str) -> None:
    folders = {path.parent.name for path in (CODE / name).glob("*/__init__.py")}
    assert folders <= LAYERS


def test_templates_and_tests_stand_in_folders_of_capabilities() -> None:
    templates = {path.name for path in (config.ROOT / "templates").iterdir() if path.is_dir()}
    tests = {path.parent.name for path in (config.ROOT / "tests").glob("*/__init__.py")}
    assert templates - set(CAPABILITIES) == set()
    assert tests - set(CAPABILITIES) - OF_THE_WHOLE == set()


@pytest.mark.in_full
def test_imports_keep_their_contracts() -> None:
    checked = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")], cwd=config.ROOT, capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout
