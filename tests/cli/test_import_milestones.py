"""`flask import-milestones`: all of a file, or nothing of it and every problem by row."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.cycles.services.reference import load_reference
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.milestone import Milestone
from tests.factories import make_user
from tests.support.workbooks import workbook

COLUMNS = "partnership,key,title,kind,due_on,owner,state\n"
ROWS = "S12000020,2026-29.survey,Survey,step,1/4/2027,ailsa@example.test,\nDundee,2026-29.survey,Survey,action,,,done\n"


@pytest.fixture
def service(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        load_reference(clock.now())
        make_user("Ailsa Grant", role=Role.CONTRIBUTOR, email="ailsa@example.test")
        db.session.commit()
        yield app
        db.session.remove()


def run(service: Flask, path: Path, text: str | bytes, *options: str) -> tuple[int, str]:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    db.session.remove()
    result = service.test_cli_runner().invoke(args=["import-milestones", str(path), *options])
    return result.exit_code, result.output


def count() -> int:
    return db.session.scalar(select(func.count(Milestone.id))) or 0


def test_rows_of_several_partnerships_are_recorded_by_nobody_in_particular(service: Flask, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    assert run(service, path, COLUMNS + ROWS) == (0, "Saved 2 new, 0 changed, 0 unchanged.\n")
    assert run(service, path, COLUMNS + ROWS) == (0, "Saved 0 new, 0 changed, 2 unchanged.\n")
    moved = ROWS.replace("1/4/2027", "1/5/2027").replace(",,done", ",,in progress")
    assert run(service, path, COLUMNS + moved) == (0, "Saved 0 new, 2 changed, 0 unchanged.\n")
    assert count() == 2
    assert set(db.session.scalars(select(AuditEvent.actor_id).where(AuditEvent.subject == "milestone"))) == {None}


def test_a_dry_run_changes_nothing(service: Flask, tmp_path: Path) -> None:
    code, said = run(service, tmp_path / "rows.csv", COLUMNS + ROWS, "--dry-run")
    assert (code, said) == (0, "Nothing was saved. The file has 2 new, 0 changed, 0 unchanged.\n")
    assert count() == 0


def test_every_problem_is_told_by_row_and_nothing_is_recorded(service: Flask, tmp_path: Path) -> None:
    bad = "Atlantis,a,T,step,,,\nMoray,b,T,plan,31/6/2027,,\n"
    code, said = run(service, tmp_path / "rows.csv", COLUMNS + ROWS + bad)
    assert code == 1
    assert said.splitlines() == [
        "Row 4, partnership: We do not recognise the partnership “Atlantis”.",
        "Row 5, due_on: 31 June 2027 is not a real date.",
        "Error: 2 problems to correct. Nothing was saved.",
    ]
    assert count() == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"key\na\n", "These are missing: partnership, title, kind, due_on, owner, state."),
        ("partnership\né\n".encode("cp1252"), "it is not saved as UTF-8"),
        (b"x" * (11 * 1024 * 1024), "The file is larger than 10 MB."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(
    service: Flask, tmp_path: Path, content: bytes, words: str
) -> None:
    code, said = run(service, tmp_path / "rows.csv", content)
    assert code == 1
    assert words in said


def test_a_workbook_does_as_well(service: Flask, tmp_path: Path) -> None:
    lines = [line.split(",") for line in (COLUMNS + ROWS).strip().split("\n")]
    code, said = run(service, tmp_path / "rows.xlsx", workbook(lines))
    assert (code, said) == (0, "Saved 2 new, 0 changed, 0 unchanged.\n")
