"""Each job of the scheduler loads the tables that it uses and those that they refer to, and not the others."""

import subprocess
import sys
from pathlib import Path

import pytest

from cycle_tracker import models

ROOT = Path(models.__file__).parents[2]
LOOK = """
import importlib, sys
import scheduler.__main__
from cycle_tracker.core.extensions import Base
from sqlalchemy.orm import configure_mappers
for service in sys.argv[1:]:
    importlib.import_module("cycle_tracker." + service)
configure_mappers()
known = set(Base.metadata.tables)
wanted = {key.target_fullname.split(".")[0] for table in Base.metadata.tables.values() for key in table.foreign_keys}
print(" ".join(sorted(known)))
print(" ".join(sorted(wanted - known)))
"""
JOBS_NEED = {
    "queue-notices": [
        "reminders.services.digests",
        "reminders.services.reminders",
        "operations.services.alarms",
        "documents.queries.on_behalf.waiting",
        "governance.queries.unasked",
        "governance.queries.undecided",
    ],
    "send-outbox": ["reminders.services.sending", "operations.services.alarms"],
}
"""The jobs that write rows which refer to others, and the services that each imports."""


@pytest.mark.parametrize("services", JOBS_NEED.values(), ids=JOBS_NEED)
def test_no_table_that_a_job_loads_refers_to_one_that_it_does_not(services: list[str]) -> None:
    look = [sys.executable, "-c", LOOK, *services]
    said = subprocess.run(look, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    known, missing = said.split("\n")[:2]

    assert missing == ""
    assert "job_runs" in known.split()
    assert not {"comments", "evidence", "approvals"} & set(known.split())
