"""The one-page status of a partnership, to read and as a Word document."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import time_machine
from docx import Document
from docx.oxml.ns import qn
from flask import Flask

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Fact, Manner
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.services.explanations import note_expected_date
from cycle_tracker.models.approval import Approval
from cycle_tracker.models.decision import Decision, DecisionOutcome
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import BodyRole, Partnership, PartnershipBody
from cycle_tracker.models.publication import Publication
from cycle_tracker.models.user import User
from tests.factories import (
    LONG_AGO,
    at_seven,
    make_cycle,
    make_government,
    make_milestone,
    make_organisation,
    make_partnership,
    make_report,
    make_user,
)
from tests.support.pages import Browser, counted_statements, said, sign_in, soup

STATUS = "/partnerships/moray/status"
TODAY = date(2026, 7, 3)
HEADINGS = [
    "Plans and annual reports",
    "Overdue",
    "Due in the next 90 days",
    "With the governance group",
    "Recent decisions of the governance group",
    "Approvals by the lead bodies",
    "Details missing",
]


@dataclass
class Moray:
    """Moray, led by a council and a board, with a late report, an older published one, and two steps."""

    app: Flask
    place: Partnership
    lead: User
    member: User
    late: Milestone
    published: Milestone

    def client(self, user: User | None = None) -> Browser:
        return sign_in(self.app, user or self.lead)

    def official(self) -> Browser:
        return self.client(make_user("An official", role=Role.OFFICIAL))

    def word(self, client: Browser | None = None) -> Any:
        answer = (client or self.client()).get(f"{STATUS}.docx")
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"] == 'attachment; filename="status-moray-2026-07-03.docx"'
        return Document(io.BytesIO(answer.data))


@pytest.fixture
def moray(app: Flask, morning: time_machine.Traveller) -> Iterator[Moray]:
    with app.app_context():
        make_government()
        place = make_partnership("moray", name="Moray")
        bodies = [make_organisation("Moray Council"), make_organisation("NHS Grampian")]
        for body in bodies:
            db.session.add(
                PartnershipBody(partnership_id=place.id, organisation=body, role=BodyRole.LEAD, from_on=LONG_AGO)
            )
            place.bodies  # noqa: B018
        lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=place)
        member = make_user("Iain Munro", role=Role.GOVERNANCE, partnership=place)
        cycle = make_cycle(place, "2023-26")
        late = make_report(place, cycle=cycle, title="Annual report on 2025–26", owner=lead)
        published = make_report(
            place,
            key="2023-26.annual-report-2",
            year_end=date(2025, 3, 31),
            cycle=cycle,
            title="Annual report on 2024–25",
            state=State.DONE,
            done_on=date(2025, 8, 1),
        )
        publication = Publication(milestone=published, published_on=date(2025, 8, 1), recorded_from=at_seven(TODAY))
        db.session.add(publication)
        db.session.flush()
        db.session.add(
            Approval(
                milestone_id=published.id,
                publication_id=publication.id,
                organisation=bodies[0],
                manner=Manner.APPROVED,
                approved_on=date(2025, 7, 1),
                minute="7/25",
                recorded_by_id=lead.id,
                recorded_at=at_seven(TODAY),
            )
        )
        make_milestone(place, title="Draft the plan", owner=make_user("Ewan Ross"))
        make_milestone(place, title="Consult", due_on=date(2026, 9, 30))
        make_milestone(place, title="Beyond ninety days", due_on=date(2026, 10, 2))
        escalation = Escalation(
            milestone=late,
            due_on=date(2026, 6, 30),
            rung=14,
            audience=Audience.GOVERNANCE,
            fell_due_on=date(2026, 7, 1),
            opened_at=at_seven(TODAY),
        )
        db.session.add(escalation)
        db.session.add(
            Decision(
                escalation=escalation,
                outcome=DecisionOutcome.REFER_ON,
                referred_to="the integration joint board",
                made_by=member,
                recorded_by=member,
                recorded_at=at_seven(TODAY),
            )
        )
        db.session.commit()
        yield Moray(app, place, lead, member, late, published)
        db.session.remove()


def explain(moray: Moray, *, shared: bool) -> None:
    note_expected_date(
        moray.late,
        date(2026, 9, 1),
        "The data came late.",
        shared=shared,
        by=moray.member,
        today=TODAY,
        now=at_seven(TODAY),
    )


def test_the_page_tells_where_everything_stands_as_at_today(moray: Moray) -> None:
    page = moray.client().get(STATUS)
    assert [one.get_text() for one in soup(page).select("main h2")] == HEADINGS
    words = said(page)
    for sentence in (
        "As at 3 July 2026.",
        "1 plan or report is past the guidance date.",
        "2 milestones are overdue.",
        "1 milestone is due in the next 90 days.",
        "1 escalation is with the governance group.",
        "Annual report on 2025–26 Past guidance date 30 June 2026, 3 days ago Not published 94 days since 31 March",
        "Annual report on 2024–25 Complete 30 June 2025 Published 1 August 2025",
        "Draft the plan 14 May 2026, 50 days past the local date Ewan Ross No explanation recorded",
        "Consult Step 30 September 2026, in 89 days No owner",
        "Annual report on 2025–26 1 July 2026 2 days Decision needed",
        "Referred to the integration joint board Made by Iain Munro",
        "Moray Council: approved, 1 July 2025, minute 7/25. NHS Grampian: not recorded.",
        "No summary is recorded.",
    ):
        assert sentence in words
    assert "Beyond ninety days" not in words


def test_an_explanation_is_told_and_whether_it_is_shared(moray: Moray) -> None:
    explain(moray, shared=False)
    assert "The data came late. Not shared with the Scottish Government." in said(moray.client().get(STATUS))
    words = said(moray.official().get(STATUS))
    assert "The data came late" not in words
    assert "1 September" not in words


def test_officials_get_the_documents_and_what_was_shared(moray: Moray) -> None:
    explain(moray, shared=True)
    page = moray.official().get(STATUS)
    assert [one.get_text() for one in soup(page).select("main h2")] == HEADINGS[:1]
    words = said(page)
    assert "Expected 1 September 2026" in words
    assert "The data came late." in words
    for inside in ("Draft the plan", "Ewan Ross", "Iain Munro", "integration joint board", "minute 7/25"):
        assert inside not in words


def test_the_word_document_has_real_headings_and_tables(moray: Moray) -> None:
    document = moray.word()
    headings = [(one.style.name, one.text) for one in document.paragraphs if one.style.name.startswith("Heading")]
    assert headings == [
        ("Heading 1", "Status of children’s services planning: Moray"),
        *(("Heading 2", heading) for heading in HEADINGS),
    ]
    assert len(document.tables) == len(HEADINGS)
    for table in document.tables:
        marks = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
        assert marks == [True, *[False] * (len(table.rows) - 1)]
        assert all(cell.text for cell in table.rows[0].cells)
    assert [cell.text for cell in document.tables[0].rows[0].cells] == [
        "Document", "Status", "Guidance date", "Published or expected", "Days after year end", "Explanation",
    ]  # fmt: skip
    first = [cell.text for cell in document.tables[0].rows[1].cells]
    assert first[:2] == ["Annual report on 2024–25", "Complete"]
    assert all(one.text.strip() for one in document.paragraphs)
    assert document.core_properties.title == "Status of children’s services planning: Moray"
    assert document.core_properties.language == "en-GB"
    assert {one.get(qn("w:val")) for one in document.styles.element.iter(qn("w:lang"))} == {"en-GB"}
    assert "As at 3 July 2026." in [one.text for one in document.paragraphs]


def test_the_word_document_of_officials_holds_documents_alone(moray: Moray) -> None:
    document = moray.word(moray.official())
    assert len(document.tables) == 1
    text = "\n".join(cell.text for row in document.tables[0].rows for cell in row.cells)
    assert "Draft the plan" not in text


def test_what_no_file_can_hold_is_left_out_of_the_word_document(moray: Moray) -> None:
    moray.late.title = "Bell\x07 and \x1b[31m red \ufffe & <b>bold</b>"
    table = moray.word().tables[0]
    assert "Bell and [31m red  & <b>bold</b>" in [row.cells[0].text for row in table.rows]


def test_long_lists_are_cut_off_and_lead_to_the_whole(moray: Moray) -> None:
    for number in range(20):
        make_milestone(moray.place, title=f"Late {number}", due_on=date(2026, 6, 1))
    client = moray.client()
    page = client.get(STATUS)
    assert "Showing the first 12 of 22." in said(page)
    link = next(one for one in soup(page).select("main a") if one.get_text() == "See all")
    assert "22 milestones" in said(client.get(str(link["href"])))
    assert "Showing the first 12 of 22." in [one.text for one in moray.word().paragraphs]


@pytest.mark.parametrize("path", [STATUS, f"{STATUS}.docx"])
def test_the_status_asks_the_database_as_much_for_much_as_for_little(moray: Moray, path: str) -> None:
    client = moray.client()
    counts = []
    for rows in (5, 60):
        for number in range(rows):
            make_report(moray.place, key=f"r{rows}-{number}", year_end=date(2025, 3, 31), cycle=moray.late.cycle)
            make_milestone(moray.place, key=f"s{rows}-{number}", due_on=date(2026, 8, 1))
        with counted_statements() as statements:
            assert client.get(path).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_an_escalation_leads_to_a_page_that_its_reader_may_open(moray: Moray) -> None:
    contributor = moray.client(make_user("A contributor", role=Role.CONTRIBUTOR, partnership=moray.place))
    for client, start in ((moray.client(), "/escalations/"), (contributor, "/partnerships/moray/milestones/")):
        address = str(soup(client.get(STATUS)).select("#table-escalations th a")[0]["href"])
        assert address.startswith(start)
        assert client.get(address).status_code == 200


def test_a_step_whose_fact_is_half_recorded_says_how_much_on_the_page_and_in_word(moray: Moray) -> None:
    half: dict[str, Any] = {"fact": Fact.AGREED, "fact_of_id": moray.published.id, "fact_count": 3, "fact_total": 4}
    make_milestone(moray.place, title="Send the copies", due_on=date(2026, 6, 23), **half)
    make_milestone(moray.place, title="Send more copies", due_on=date(2026, 7, 13), **half)
    db.session.commit()
    words = said(moray.client().get(STATUS))
    past, ahead = (
        "23 June 2026, 10 days past the local date. 3 of 4 recorded",
        "13 July 2026, in 10 days. 3 of 4 recorded",
    )
    for sentence in (past, ahead):
        assert sentence in words
        assert sentence in [cell.text for table in moray.word().tables for row in table.rows for cell in row.cells]
