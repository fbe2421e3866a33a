"""The papers say what is there: every path, command, setting, table and decision that they name."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Flask
from flask_migrate.cli import db as migrations

import config
from cycle_tracker import models
from cycle_tracker.cli import COMMANDS, register_commands
from cycle_tracker.core.extensions import Base
from scheduler.jobs import JOBS

ROOT = config.ROOT
README = ROOT / "README.md"
ARCHITECTURE = ROOT / "docs/architecture.md"
DECISIONS = sorted((ROOT / "docs/adr").glob("*.md"))
CHANGELOG = ROOT / "CHANGELOG.md"
OTHERS = [ROOT / "docs/reminders.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", CHANGELOG]
PAPERS = [README, ARCHITECTURE, *OTHERS, *DECISIONS]

MADE_LATER = (".venv", "instance", "node_modules", "cycle_tracker/static/vendor")
SHORT_FROM = (ROOT, ROOT / "cycle_tracker")
WITH_OUR_FILES = ("cycle_tracker", "scheduler", "scripts", "templates", "tests", "docs", "migrations")
PATH = re.compile(r"[\w.*-]+(?:/[\w.*-]+)*/?")
NOT_PATHS = {"Europe/London"}
FILE_ENDINGS = (".py", ".md", ".toml", ".json", ".html", ".css", ".js", ".sh", ".lock", ".csv", ".example")
KINDS_OF_CHANGE = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
READ_AT_IMPORT = re.compile(r'os\.environ\.get\("([A-Z_]+)"')

every_paper = pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)


class Recorder(dict[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self, values: dict[str, str]) -> None:
        super().__init__(values)
        self.asked: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return super().get(name, default)


def in_backticks(paper: Path) -> list[str]:
    return re.findall(r"(?<!`)`([^`\n]+)`(?!`)", paper.read_text())


def told_commands(paper: Path) -> list[str]:
    """What the paper tells people to type, in backticks or in a block of lines."""
    blocks = re.findall(r"^```\n(.*?)^```", paper.read_text(), re.DOTALL | re.MULTILINE)
    return [*in_backticks(paper), *(line.strip() for block in blocks for line in block.splitlines())]


def words_after(paper: Path, start: str) -> list[list[str]]:
    found = (re.search(rf"(?:^|[\s/]){re.escape(start)} (.*)", line) for line in told_commands(paper))
    return [match[1].split() for match in found if match]


def heading_anchors(paper: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", paper.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def table_rows(paper: Path, heading: str) -> list[list[str]]:
    section = paper.read_text().split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:1] == "|"]
    return rows[2:]


def is_there(path: str) -> bool:
    if path.startswith(MADE_LATER):
        return True
    if "/" not in path:
        return (ROOT / path).exists() or any(next((ROOT / home).rglob(path), None) for home in WITH_OUR_FILES)
    return any(next(start.glob(path.rstrip("/")), None) for start in SHORT_FROM)


@every_paper
def test_every_path_in_backticks_is_there(paper: Path) -> None:
    paths = [word for word in in_backticks(paper) if PATH.fullmatch(word) and word not in NOT_PATHS]
    paths = [path for path in paths if "/" in path or path.endswith(FILE_ENDINGS)]
    assert [path for path in paths if not is_there(path)] == []


@every_paper
def test_every_link_leads_somewhere(paper: Path) -> None:
    dead = []
    for target in re.findall(r"\]\(([^)\s]+)\)", paper.read_text()):
        if target.startswith("http"):
            continue
        path, _, anchor = target.partition("#")
        linked = (paper.parent / path).resolve() if path else paper
        if not linked.exists() or (anchor and anchor not in heading_anchors(linked)):
            dead.append(target)
    assert dead == []


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def _command(app: Flask, name: str) -> click.Command:
    command = app.cli.get_command(click.Context(app.cli), name)
    assert command is not None
    return command


def test_every_command_that_a_paper_names_exists() -> None:
    app = Flask("papers")
    register_commands(app)
    known: dict[str, click.Command] = {name: _command(app, name) for name in COMMANDS} | {"db": migrations}
    for paper in PAPERS:
        assert {words[0] for words in words_after(paper, "make")} <= make_targets(), paper
        assert {words[0] for words in words_after(paper, "python -m scheduler run")} <= {*JOBS, "NAME"}, paper
        for words in words_after(paper, "flask --app wsgi"):
            assert words[0] in known, paper
            command = known[words[0]]
            if isinstance(command, click.Group) and len(words) > 1:
                assert words[1] in command.commands, paper


def test_the_readme_names_every_command_and_target() -> None:
    assert set(COMMANDS) - {words[0] for words in words_after(README, "flask --app wsgi")} == set()
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert targets - {words[0] for words in words_after(README, "make")} == set()


def settings_that_are_read() -> set[str]:
    environment = Recorder({"SECRET_KEY": "k" * config.SHORTEST_SECRET_KEY})
    config.settings(environment)
    return environment.asked | set(READ_AT_IMPORT.findall(Path(config.__file__).read_text()))


def settings_in_readme() -> dict[str, str]:
    return {name.strip("`"): default for name, default, _ in table_rows(README, "Settings")}


def settings_in_example() -> dict[str, str]:
    return dict(re.findall(r"^#?([A-Z_]+)=\"?(.*?)\"?$", (ROOT / ".env.example").read_text(), re.MULTILINE))


def test_the_readme_lists_every_setting_and_no_other() -> None:
    assert settings_in_readme().keys() == settings_that_are_read()


def test_the_example_lists_every_setting_and_no_other() -> None:
    assert settings_in_example().keys() == settings_that_are_read()


def test_the_defaults_are_those_of_the_code() -> None:
    defaults = config.settings({"SECRET_KEY": "k" * config.SHORTEST_SECRET_KEY}) | {"TZ_NAME": "Europe/London"}
    told_in_words = {"DATABASE_URL", "SECRET_KEY"}
    for name in settings_that_are_read() - told_in_words:
        value = defaults[name]
        text = str(int(value)) if isinstance(value, bool) else str(value or "") if value != 0 else "0"
        text = "" if value == [] else text
        assert settings_in_readme()[name] == (f"`{text}`" if text else "none"), name
        assert settings_in_example()[name] == text, name


def test_the_architecture_names_every_table_and_no_other() -> None:
    models.load_all()
    named = {name for row in table_rows(ARCHITECTURE, "The data") for name in re.findall(r"`([a-z_]+)`", row[0])}
    assert named == Base.metadata.tables.keys()


def test_the_architecture_names_every_import_contract() -> None:
    contracts = re.findall(r'^name = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)[1:]
    layers = ARCHITECTURE.read_text().split("\n## Layers\n", 1)[1].split("\n## ", 1)[0]
    notified = re.findall(r"^- (.+)\.$", layers, re.MULTILINE)
    assert notified == contracts


@pytest.mark.parametrize("paper", DECISIONS, ids=lambda paper: paper.name)
def test_a_decision_has_its_number_its_parts_and_a_link(paper: Path) -> None:
    text = paper.read_text()
    assert text.startswith(f"# {paper.name[:4]} ")
    assert re.search(r"^Date: \d{4}-\d{2}-\d{2}\. Status: (accepted|superseded by \d{4})\.$", text, re.MULTILINE)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]
    assert f"(adr/{paper.name})" in ARCHITECTURE.read_text()


@pytest.mark.parametrize("paper", DECISIONS, ids=lambda paper: paper.name)
def test_a_decision_names_a_test_that_would_fail(paper: Path) -> None:
    (line,) = re.findall(r"^How we know: (`.+`)\.$", paper.read_text(), re.MULTILINE)
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", line)
    assert named
    for path, name in named:
        assert re.search(rf"^def {name}\(", (ROOT / path).read_text(), re.MULTILINE), f"{path}::{name}"


def test_the_changelog_begins_with_what_is_unreleased_and_the_release_of_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert json.loads((ROOT / "package.json").read_text())["version"] == version
    first, *releases = re.findall(r"^## (.+)$", CHANGELOG.read_text(), re.MULTILINE)
    assert first == "[Unreleased]"
    assert re.fullmatch(rf"\[{re.escape(version)}\] - \d{{4}}-\d{{2}}-\d{{2}}", releases[0])


def test_each_release_in_the_changelog_has_its_headings_in_one_order() -> None:
    for release in CHANGELOG.read_text().split("\n## ")[1:]:
        headings = re.findall(r"^### (.+)$", release, re.MULTILINE)
        assert headings == [heading for heading in KINDS_OF_CHANGE if heading in headings], release[:20]
