"""What takes long says so: `make run` and `make setup` tell how far they are, and failures show what was written."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import ROOT
from scripts import patience
from scripts.patience import run_patiently

SLOW = "import time; print('made'); time.sleep(1.2)"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "SAID_AFTER", 0.0)


def _run(code: str, to: io.StringIO) -> subprocess.CompletedProcess[str]:
    return run_patiently("Making it", [sys.executable, "-c", code], cwd=ROOT, env=dict(os.environ), to=to)


def test_what_takes_long_says_so_in_lines_where_there_is_no_terminal() -> None:
    said = io.StringIO()
    assert _run(SLOW, said).stdout == "made\n"
    first, *_, last = said.getvalue().splitlines()
    assert first.startswith("Making it ... ")
    assert last.startswith("Making it: done in ")
    assert "\r" not in said.getvalue()


def test_what_takes_long_writes_one_line_over_on_a_terminal() -> None:
    said = Terminal()
    _run(SLOW, said)
    assert said.getvalue().count("\n") == 1
    assert said.getvalue().count("\r\033[KMaking it ... ") >= 2


def test_what_is_done_soon_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "SAID_AFTER", 60.0)
    said = io.StringIO()
    assert _run("raise SystemExit(3)", said).returncode == 3
    assert said.getvalue() == ""


def _in_shell(script: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    whole = f"set -euo pipefail\n. {ROOT}/scripts/progress.sh\nSAY_EVERY=0\n{script}"
    return subprocess.run(["bash", "-c", whole], cwd=tmp_path, capture_output=True, text=True)


def test_set_up_counts_what_was_fetched(tmp_path: Path) -> None:
    done = _in_shell(
        """
        so_far() { echo "fetched $(count_in "$1" '^got') of 3"; }
        slowly() { for one in 1 2 3; do echo "got $one"; sleep 0.4; done; }
        with_progress "Installing things" so_far slowly
        """,
        tmp_path,
    )
    first, *counts, last = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (0, "")
    assert first == "Installing things ..."
    assert "  fetched 2 of 3" in counts
    assert last.startswith("  fetched 3 of 3, done in ")


def test_set_up_shows_what_failed_and_fails(tmp_path: Path) -> None:
    done = _in_shell(
        """
        so_far() { echo "fetched 0 of 3"; }
        badly() { echo "no such package"; return 7; }
        with_progress "Installing things" so_far badly
        """,
        tmp_path,
    )
    assert done.returncode == 7
    assert "no such package" in done.stderr
    assert "done in" not in done.stderr
