"""What `make mutants` does: puts faults into the rules, one at a time, and counts those that the tests do not notice.

mutmut changes one operator, number, word or argument at a time in the functions of an area, and runs the tests of that
area which reach the function. All of it happens in a copy of the tree in a temporary folder. Properties are not
changed, nor are tables outside functions: mutmut changes neither. Sentences are not (`mutmut_for_rules.py`). Tests run
on SQLite alone.
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MUTMUT = [sys.executable, str(ROOT / "scripts" / "mutmut_for_rules.py")]
COPIED = ("cycle_tracker", "scheduler", "scripts", "bench", "templates", "migrations", "tests", "docs")
MINUTES = 30
# Where a mutant keeps a test from ending, mutmut ends it after so many times what the tests take, plus so many seconds.
PATIENCE, PATIENCE_SECONDS = 10.0, 2.0
PYTEST = ["-p", "scripts.quick_properties", "--selection", "short", "-p", "no:cacheprovider", "-k", "not postgresql"]


@dataclass(frozen=True)
class Area:
    """The modules in which faults are put, and the tests that are to notice them. Patterns count from the root."""

    rules: tuple[str, ...]
    tests: tuple[str, ...]


AREAS = {
    "reminders": Area(
        (
            "cycle_tracker/reminders/rules/digests.py",
            "cycle_tracker/reminders/rules/forecasts.py",
            "cycle_tracker/reminders/rules/notice_words.py",
            "cycle_tracker/reminders/rules/reminders.py",
            "cycle_tracker/reminders/rules/steps.py",
            "cycle_tracker/reminders/rules/unsent_reasons.py",
            "cycle_tracker/reminders/queries/deadlines.py",
        ),
        (
            "tests/reminders/rules",
            "tests/reminders/queries/test_deadlines.py",
        ),
    ),
    "deadlines": Area(
        (
            "cycle_tracker/core/deadlines.py",
            "cycle_tracker/core/document_states.py",
            "cycle_tracker/core/calendar.py",
            "cycle_tracker/core/periods.py",
            "cycle_tracker/milestones/rules/*.py",
            "cycle_tracker/milestones/queries/due_states.py",
        ),
        (
            "tests/core/test_calendar.py",
            "tests/core/test_deadlines.py",
            "tests/core/test_periods.py",
            "tests/milestones/rules",
            "tests/milestones/queries",
            "tests/documents/rules/test_documents.py",
        ),
    ),
    "documents": Area(
        ("cycle_tracker/documents/rules/*.py",),
        ("tests/documents/rules",),
    ),
    "permissions": Area(
        (
            "cycle_tracker/access/rules/permissions.py",
            "cycle_tracker/access/queries/reach.py",
            "cycle_tracker/access/queries/scopes.py",
            "cycle_tracker/access/queries/tenures.py",
        ),
        (
            "tests/access/rules",
            "tests/access/queries",
            "tests/people/services/test_invitations.py::test_nobody_gives_more_than_they_have_or_elsewhere",
        ),
    ),
    "policies": Area(
        ("cycle_tracker/reminders/rules/policies.py", "cycle_tracker/reminders/rules/policy_rules.py"),
        (
            "tests/reminders/rules",
            "tests/reminders/queries/test_deadlines.py",
        ),
    ),
}

KILLED = {"killed", "timeout", "segfault", "caught by type check"}
SURVIVED = {"survived", "suspicious"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the areas that are asked for, and print the counts and the survivors of each."""
    parser = argparse.ArgumentParser(description="Put faults into the rules, and count those that no test notices.")
    parser.add_argument("areas", nargs="*", metavar="AREA", help=f"any of {', '.join(AREAS)}; without one, all")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="stop after so many minutes")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.areas) - set(AREAS):
        parser.error(f"There is no area {', '.join(sorted(unknown))}. There are: {', '.join(AREAS)}.")
    ends_at = time.monotonic() + asked.minutes * 60
    for name in asked.areas or AREAS:
        with tempfile.TemporaryDirectory(prefix="cycle-tracker-mutants-") as folder:
            report(name, Path(folder), found_in(AREAS[name], Path(folder), ends_at))
    return 0


def found_in(area: Area, folder: Path, ends_at: float) -> dict[str, str]:
    """What became of each mutant of an area, by its name."""
    copy_tree(folder)
    settings = settings_of(area)
    with (folder / "pyproject.toml").open("a") as project:
        project.write(settings)
    said = run_mutmut(folder, ends_at)
    results = said_by_mutmut(folder, "results", "--all", "True")
    found = dict(line.strip().split(": ", 1) for line in results.splitlines() if ": " in line)
    if not found:
        sys.exit(f"mutmut found nothing to change, or could not run the tests:\n{said[-2000:]}")
    return found


def run_mutmut(folder: Path, ends_at: float) -> str:
    """Run it for as long as there is time, and give what it said. It keeps each result as it comes."""
    run = subprocess.Popen(
        [*MUTMUT, "run"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        return run.communicate(timeout=max(ends_at - time.monotonic(), 1))[0]
    except subprocess.TimeoutExpired:
        return "The time was over."
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)  # its workers too
        run.wait()


def copy_tree(folder: Path) -> None:
    """The tree without what is installed into it. Links to folders that are installed are followed as links."""
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    for path in ROOT.iterdir():
        if path.is_file() and path.suffix in {".py", ".toml", ".md", ".lock"}:
            shutil.copy(path, folder)


def settings_of(area: Area) -> str:
    """mutmut's part of `pyproject.toml`."""
    rest = [name for name in COPIED if name != "cycle_tracker"]
    settings = {
        "source_paths": ["cycle_tracker"],
        "only_mutate": list(area.rules),
        "also_copy": [*rest, *(path.name for path in ROOT.iterdir() if path.is_file() and path.suffix == ".py")],
        "pytest_add_cli_args": PYTEST,
        "pytest_add_cli_args_test_selection": list(area.tests),
        "timeout_multiplier": PATIENCE,
        "timeout_constant": PATIENCE_SECONDS,
        "use_git_change_detection": False,
    }
    return "\n[tool.mutmut]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items())


def said_by_mutmut(folder: Path, *command: str) -> str:
    """What a command of mutmut's prints about a run that is over."""
    return subprocess.run([*MUTMUT, *command], cwd=folder, capture_output=True, text=True, check=False).stdout


def report(name: str, folder: Path, found: dict[str, str]) -> None:
    """Print the counts, then each survivor as the change that nobody noticed."""
    counts = counted(found.values())
    tried = counts["killed"] + counts["survived"]
    share = f"{100 * counts['killed'] / tried:.1f}%" if tried else "none"
    said = ", ".join(f"{counts[one]} {one}" for one in ("killed", "survived", "not run"))
    print(f"{name}: {said}; {share} killed")
    for mutant in sorted(mutant for mutant, status in found.items() if status not in KILLED):
        print(f"\n  {mutant}: {found[mutant]}")
        for line in said_by_mutmut(folder, "show", mutant).splitlines():
            if line.startswith(("+", "-")) and not line.startswith(("+++", "---")):
                print(f"    {line}")
    print(flush=True)


def counted(statuses: Iterable[str]) -> Counter[str]:
    """How many were killed, survived, and were not run: for want of time, or of a test that reaches them."""
    return Counter(
        "killed" if status in KILLED else "survived" if status in SURVIVED else "not run" for status in statuses
    )


if __name__ == "__main__":
    sys.exit(main())
