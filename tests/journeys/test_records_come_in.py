"""A lead puts a spreadsheet right; an official fills the grid in: each sees what would change, and then records it."""

from datetime import date

import pytest

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.cycles.services.reference import load_reference
from tests.journeys.conftest import Service, Visitor, on_both_sizes
from tests.journeys.test_annual_report import moray

pytestmark = [pytest.mark.journey, pytest.mark.in_full]

COLUMNS = "partnership,key,title,kind,due_on,owner,state\n"
GOOD = ",2026-29.survey,Survey of families,step,1/4/2027,,\n"
BAD = ",2026-29.panel,Panel,party,31/6/2027,,\n"


def choose(visitor: Visitor, text: str) -> None:
    file = {"name": "rows.csv", "mimeType": "text/csv", "buffer": text.encode()}
    visitor.page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]  # a mapping, as it asks


@on_both_sizes
def test_records_come_in_and_are_looked_at_first(service: Service, visitor: Visitor) -> None:
    service.at(date(2026, 7, 14), hour=7)
    lead, _member, official = moray(service)
    with service.app.app_context():
        load_reference(clock.now())
        db.session.commit()
    visitor.sign_in(lead)
    visitor.open("/partnerships/moray/import")
    choose(visitor, COLUMNS + GOOD + BAD)
    visitor.press("Check the file")
    assert visitor.reads("Nothing has been saved. There are 2 problems.")
    assert visitor.reads("31 June 2027 is not a real date.")
    choose(visitor, COLUMNS + GOOD)
    visitor.press("Check the file")
    assert visitor.reads("1 row: 1 new.")
    visitor.press("Save this row")
    assert visitor.reads("Saved 1 row: 1 new.")
    visitor.sign_out()
    visitor.sign_in(official)
    visitor.open("/history?document=2020-23.annual-report-1")
    visitor.fill("Published on, Annual report 1, on 2020–21, Moray", "31/9/2021")
    visitor.press("Check your answers")
    assert visitor.reads("31 September 2021 is not a real date.")
    visitor.fill("Published on, Annual report 1, on 2020–21, Moray", "unknown")
    visitor.press("Check your answers")
    assert visitor.reads("Moray: Annual report 1, on 2020–21")
    visitor.press("Save this row")
    assert visitor.reads("Saved 1 row: 1 new.")
