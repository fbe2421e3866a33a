"""The history of plans and reports: what rows would change, what is recorded, and that nobody is told of it."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import DOCUMENTS
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.periods import Period
from cycle_tracker.cycles.services.cycles import open_cycle
from cycle_tracker.documents.queries.documents import list_documents
from cycle_tracker.documents.queries.publications import get_record
from cycle_tracker.documents.services.newer_versions import record_newer_version
from cycle_tracker.documents.services.publication_corrections import undo_publication
from cycle_tracker.documents.services.publications import record_publication
from cycle_tracker.documents.services.versions import present_version
from cycle_tracker.documents.services.waiting_copies import record_waiting_copies
from cycle_tracker.imports.rules.history_rows import COLUMNS, documents_until
from cycle_tracker.imports.rules.import_rows import SheetRow
from cycle_tracker.imports.services.history import plan_history
from cycle_tracker.imports.services.plans import Effect, Plan
from cycle_tracker.imports.services.recorded_history import record_history
from cycle_tracker.milestones.queries.milestones import government_copy
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.message import Message
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import Publication, Version
from cycle_tracker.models.user import User
from tests.imports.services.conftest import NOW, TODAY, Country, sheet
from tests.support.days import Days
from tests.support.pages import counted_statements

pytestmark = pytest.mark.alike_on_both_databases


def rows(*lines: tuple[str, ...]) -> list[SheetRow]:
    return sheet(COLUMNS.names, *lines)


def plan(country: Country, *lines: tuple[str, ...], by: User | None = None) -> Plan:
    return plan_history(rows(*lines), country.viewer(by or country.official), TODAY)


def put_in(country: Country, *lines: tuple[str, ...], by: User | None = None) -> Plan:
    user = by or country.official
    made = plan(country, *lines, by=user)
    assert made.problems == ()
    record_history(made, country.viewer(user), by=user, today=TODAY, now=NOW)
    db.session.commit()
    return made


def notified(made: Plan) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.message) for one in made.problems]


def document(slug: str, key: str) -> Milestone:
    return db.session.scalars(
        select(Milestone).join(Milestone.partnership).where(Partnership.slug == slug, Milestone.key == key)
    ).one()


def publication(slug: str, key: str) -> Publication:
    found = present_version(document(slug, key))
    assert found is not None
    return found


def states(country: Country, slug: str) -> dict[str, DocumentState]:
    return {one.key: one.state for one in list_documents(TODAY, partnership=slug)}


def test_a_record_of_the_past_makes_the_cycle_of_its_documents_alone(country: Country) -> None:
    put_in(country, ("Moray", "annual report 2", "2020-23", "14/9/2022", "https://example.org/r2"), by=country.lead)
    report = document("moray", "2020-23.annual-report-2")
    found = publication("moray", "2020-23.annual-report-2")
    assert (report.state, report.done_on, report.entered_on) == (State.DONE, date(2022, 9, 14), TODAY)
    assert (found.published_on, found.recorded_by_id) == (date(2022, 9, 14), country.lead.id)
    assert [one.address for one in found.addresses] == ["https://example.org/r2"]
    milestones = db.session.scalars(select(Milestone).where(Milestone.partnership_id == report.partnership_id)).all()
    assert {one.kind for one in milestones} == DOCUMENTS
    assert len(milestones) == 4
    assert {one.state for one in milestones if one is not report} == {State.NOT_STARTED}


def test_what_nobody_knows_of_reads_no_record_here_yet(country: Country) -> None:
    put_in(country, ("Moray", "plan", "2020-23", "unknown", "", "unknown"))
    assert set(states(country, "moray").values()) == {DocumentState.NO_RECORD}
    assert "2020-23.plan-prepared" not in states(country, "moray")


def test_a_partnership_that_never_signed_in_has_no_late_document(country: Country) -> None:
    assert country.place("fife").notify_from is None
    put_in(country, ("Fife", "plan", "2020-23", "unknown", "", "unknown"))
    assert set(states(country, "fife").values()) == {DocumentState.NO_RECORD}
    assert db.session.scalar(select(func.count(Milestone.id))) == 4


def test_the_date_may_be_unknown_and_the_address_alone_says_that_it_was_published(country: Country) -> None:
    put_in(
        country,
        ("Moray", "plan", "2017-20", "unknown"),
        ("Moray", "plan", "2020-23", "", "https://example.org/plan"),
        ("Moray", "plan", "2023-26", "not known whether"),
    )
    assert publication("moray", "2017-20.plan-prepared").published_on is None
    assert publication("moray", "2020-23.plan-prepared").published_on is None
    assert db.session.scalar(select(func.count(Publication.id))) == 2


def test_reports_of_the_first_plan_have_no_guidance_date_and_are_never_late(country: Country) -> None:
    put_in(country, ("Moray", "annual report 1", "2017-20", "20/12/2019", "", "unknown"))
    report = document("moray", "2017-20.annual-report-1")
    assert (report.target_on, report.reports_on) == (None, date(2018, 3, 31))
    assert states(country, "moray") == {"2017-20.plan-prepared": DocumentState.NO_RECORD}


def test_sent_and_received_are_recorded_by_whoever_says_so(country: Country) -> None:
    line = ("Moray", "plan", "2020-23", "1/5/2020", "", "4/5/2020", "6/5/2020")
    put_in(country, line, by=country.lead)
    copy = government_copy(publication("moray", "2020-23.plan-prepared"))
    assert copy is not None
    assert (copy.sent_on, copy.received_on) == (date(2020, 5, 4), date(2020, 5, 6))
    assert (copy.sent_recorded_by_id, copy.received_recorded_by_id) == (country.lead.id, country.lead.id)


def test_a_plan_of_which_a_row_says_only_that_it_was_sent_is_not_recorded_as_published(country: Country) -> None:
    line = ("moray", "plan", "2020-23", "", "", "4 May 2020", "6 May 2020", "")
    made = put_in(country, line, by=country.lead)
    assert [one.what for one in made.steps[0].changes] == ["sent to Scottish Government on", "received on"]
    plan_sent = document("moray", "2020-23.plan-prepared")
    assert present_version(plan_sent) is None
    assert plan_sent.state is not State.DONE
    (copy,) = get_record(plan_sent, TODAY).copies
    assert (copy.sent_on, copy.received_on) == (date(2020, 5, 4), date(2020, 5, 6))
    assert [one.effect for one in put_in(country, line, by=country.lead).steps] == [Effect.UNCHANGED]


def test_a_report_of_which_a_row_says_only_that_it_was_sent_is_refused(country: Country) -> None:
    for cells in (("4 May 2022", ""), ("", "6 May 2022")):
        made = plan(country, ("moray", "annual report 1", "2020-23", "", "", *cells, ""))
        assert [one.column for one in made.problems] == ["published on"]
        assert "date the report was published, or “unknown”" in made.problems[0].message
    known = plan(country, ("moray", "annual report 1", "2020-23", "unknown", "", "4 May 2022", "", ""))
    assert known.problems == ()


def test_a_plan_that_was_sent_before_it_was_published_keeps_its_copy(country: Country) -> None:
    line = ("Moray", "plan", "2020-23", "1/5/2020", "", "4/4/2020", "6/5/2020")
    put_in(country, line, by=country.lead)
    undo_publication(publication("moray", "2020-23.plan-prepared"), "It was another plan.", by=country.lead, now=NOW)
    plan_sent = document("moray", "2020-23.plan-prepared")
    (receiver,) = get_record(plan_sent, TODAY).receivers[:1]
    record_waiting_copies(plan_sent, [receiver], sent_on=date(2020, 4, 3), by=country.lead, today=TODAY, now=NOW)
    db.session.commit()
    (step,) = put_in(country, line, by=country.lead).steps
    assert ("sent to Scottish Government on", "3 April 2020", "4 April 2020") in [
        (one.what, one.old, one.new) for one in step.changes
    ]
    (copy,) = publication("moray", "2020-23.plan-prepared").copies
    assert (copy.waited, copy.sent_on, copy.received_on) == (True, date(2020, 4, 4), date(2020, 5, 6))


def test_a_lead_does_not_change_the_receipt_that_is_recorded(country: Country) -> None:
    put_in(country, ("Moray", "plan", "2020-23", "1/5/2020", "", "4/5/2020", "6/5/2020"))
    changed = ("Moray", "plan", "2020-23", "", "", "", "7/5/2020")
    (problem,) = plan(country, changed, by=country.lead).problems
    assert problem.message == "Scottish Government recorded that it was received on 6 May 2020. Leave this empty."
    assert plan(country, changed).count(Effect.CHANGED) == 1
    (problem,) = plan(country, ("Moray", "plan", "2020-23", "", "", "", "3/5/2020")).problems
    assert problem.message == "It is already recorded as sent on 4 May 2020."


def test_the_same_file_again_changes_nothing_and_a_correction_changes_the_facts(country: Country) -> None:
    line = ("Moray", "annual report 1", "2023-26", "2/7/2024", "https://example.org/1", "3/7/2024", "4/7/2024", "note")
    assert put_in(country, line).count(Effect.NEW) == 1
    events = db.session.scalar(select(func.count(AuditEvent.id)))
    again = put_in(country, line)
    assert (again.count(Effect.UNCHANGED), again.to_record) == (1, [])
    assert db.session.scalar(select(func.count(AuditEvent.id))) == events
    corrected = put_in(
        country, ("Moray", "annual report 1", "2023-26", "1/7/2024", "https://example.org/2", "unknown", "5/7/2024")
    )
    (step,) = corrected.steps
    assert [(one.what, one.old, one.new) for one in step.changes] == [
        ("published on", "2 July 2024", "1 July 2024"),
        ("address", "https://example.org/1", "https://example.org/2"),
        ("sent to Scottish Government on", "3 July 2024", "date not known"),
        ("received on", "4 July 2024", "5 July 2024"),
    ]
    assert step.note == "Recorded by Rhona Bell on 3 July 2026"
    found = publication("moray", "2023-26.annual-report-1")
    assert (found.published_on, [one.address for one in found.addresses]) == (
        date(2024, 7, 1),
        ["https://example.org/2"],
    )
    assert document("moray", "2023-26.annual-report-1").done_on == date(2024, 7, 1)
    copy = government_copy(found)
    assert copy is not None
    assert (copy.sent_on, copy.received_on) == (None, date(2024, 7, 5))
    assert db.session.scalar(select(func.count(Publication.id)).where(Publication.is_present)) == 1


def test_a_row_that_says_nothing_leaves_what_is_recorded(country: Country) -> None:
    put_in(country, ("Moray", "plan", "2020-23", "1/5/2020"))
    made = put_in(country, ("Moray", "plan", "2020-23"), ("Moray", "plan", "2023-26"))
    assert [step.effect for step in made.steps] == [Effect.UNCHANGED, Effect.NOTHING]
    assert publication("moray", "2020-23.plan-prepared").published_on == date(2020, 5, 1)


def test_each_document_is_audited_with_who_recorded_it_and_on_whose_behalf(country: Country) -> None:
    put_in(country, ("Moray", "plan", "2020-23", "1/5/2020", "", "", "", "Found in the archive"))
    put_in(country, ("Moray", "plan", "2017-20", "1/5/2017"), by=country.lead)
    events = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "history-recorded").order_by("id"))
    assert [(one.actor_id, one.after, one.reason) for one in events] == [
        (country.official.id, {"on_behalf": True}, "Found in the archive"),
        (country.lead.id, {"on_behalf": False}, ""),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "Western Isles",
        "na h-eileanan siar",
        "OUTER HEBRIDES",
        "Comhairle nan Eilean Siar",
        "NHS Western Isles",
        "S12000013",
        "s08000028",
        "Na h-Eileanan Siar (Outer Hebrides)",
        "na-h-eileanan-siar",
    ],
)
def test_a_partnership_goes_by_every_name_that_it_has(country: Country, name: str) -> None:
    made = plan(country, (name, "plan", "2020-23", "1/5/2020"))
    assert [step.place for step in made.steps] == ["Na h-Eileanan Siar (Outer Hebrides)"]


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("S12000015", "fife"),
        ("S12000047", "fife"),
        ("S12000024", "tayside"),
        ("Perth & Kinross", "tayside"),
        ("Dundee City Council", "tayside"),
        ("Edinburgh", "city-of-edinburgh"),
        ("Glasgow City Council", "glasgow-city"),
        ("Argyll & Bute", "argyll-and-bute"),
        ("Moray Children’s Services Planning Partnership", "moray"),
    ],
)
def test_councils_and_old_codes_name_their_partnership(country: Country, name: str, slug: str) -> None:
    (step,) = plan(country, (name, "plan", "2020-23", "1/5/2020")).steps
    assert step.place == country.place(slug).name


def test_every_partnership_is_found_by_its_names_and_codes(country: Country) -> None:
    for partnership in db.session.scalars(select(Partnership)).all():
        councils = [body.organisation for body in partnership.bodies if body.organisation.code.startswith("S12")]
        for name in (
            partnership.name,
            partnership.slug,
            *(one.name for one in councils),
            *(one.code for one in councils),
        ):
            (step,) = plan(country, (name, "plan", "2020-23", "1/5/2020")).steps
            assert step.place == partnership.name


def test_a_name_that_is_none_or_several_is_told(country: Country) -> None:
    made = plan(country, ("Atlantis", "plan", "2020-23", "1/5/2020"), ("NHS Lothian", "plan", "2020-23", "1/5/2020"))
    assert notified(made) == [
        (2, "partnership", "We do not recognise the partnership “Atlantis”."),
        (3, "partnership", "“NHS Lothian” is part of 4 partnerships. Enter the name of one partnership."),
    ]


def test_a_lead_records_for_their_own_partnership_alone(country: Country) -> None:
    made = plan(country, ("Fife", "plan", "2020-23", "1/5/2020"), by=country.lead)
    assert notified(made) == [(2, "partnership", "You cannot record anything for Fife.")]


def test_a_document_stands_once_in_a_file(country: Country) -> None:
    made = plan(
        country,
        ("Moray", "annual report 1", "2020-23", "1/9/2021"),
        ("S12000020", "annual report 2020-21", "2020-23", "2/9/2021"),
    )
    assert notified(made) == [(3, "document", "Row 2 is for the same document.")]


def revised_plan_of_moray(country: Country) -> Publication:
    """Published on 1 May 2023, and in a newer version on 1 May 2024, which is the present one."""
    open_cycle(country.place("moray"), Period.named("2023-26"), entered_on=TODAY, by=None, now=NOW)
    moment: dict[str, Any] = {"by": country.lead, "today": TODAY, "now": NOW}
    first = record_publication(
        document("moray", "2023-26.plan-prepared"),
        address="https://example.org/plan",
        published_on=date(2023, 5, 1),
        send_to_ministers=True,
        **moment,
    )
    return record_newer_version(
        first,
        address="https://example.org/revised",
        published_on=date(2024, 5, 1),
        reason="Actions added",
        reopen=[],
        **moment,
    )


def test_a_draft_is_no_record_and_what_was_revised_keeps_its_order(country: Country) -> None:
    revised_plan_of_moray(country)
    made = plan(country, ("Moray", "plan", "2023-26", "2/5/2024"))
    assert notified(made) == [
        (2, "published on", "A newer version was published on 1 May 2024, which is before this date.")
    ]


def test_a_row_says_the_first_day_on_which_a_document_was_published_and_not_that_of_a_newer_version(
    country: Country,
) -> None:
    revised_plan_of_moray(country)
    (same,) = plan(country, ("Moray", "plan", "2023-26", "1/5/2023")).steps
    assert (same.effect, same.changes) == (Effect.UNCHANGED, ())
    (step,) = plan(country, ("Moray", "plan", "2023-26", "28/4/2023")).steps
    assert [(one.what, one.old, one.new) for one in step.changes] == [("published on", "1 May 2023", "28 April 2023")]
    (newer,) = plan(country, ("Moray", "plan", "2023-26", "1/5/2024")).steps
    assert [(one.what, one.old, one.new) for one in newer.changes] == [("published on", "1 May 2023", "1 May 2024")]


def test_a_row_with_an_address_alone_leaves_the_days_of_a_revised_document(country: Country) -> None:
    found = revised_plan_of_moray(country)
    put_in(country, ("Moray", "plan", "2023-26", "", "https://example.org/moved"))
    assert [one.address for one in found.addresses] == ["https://example.org/moved"]
    assert (found.first_published_on, found.newer_on) == (date(2023, 5, 1), date(2024, 5, 1))


def test_a_day_after_that_of_a_version_in_between_is_a_problem_of_its_row(country: Country) -> None:
    open_cycle(country.place("moray"), Period.named("2023-26"), entered_on=TODAY, by=None, now=NOW)
    plan_of_2023 = document("moray", "2023-26.plan-prepared")
    for number, on in enumerate((date(2023, 5, 1), date(2024, 5, 1), date(2025, 5, 1)), 1):
        is_newer, version = number > 1, Version.REVISED if number > 1 else Version.FINAL
        row = Publication(milestone=plan_of_2023, number=number, published_on=on, version=version, recorded_from=NOW)
        row.is_present, row.is_newer, row.first_on = number == 3, is_newer, date(2023, 5, 1) if is_newer else None
        db.session.add(row)
    db.session.flush()
    made = plan(country, ("Moray", "plan", "2023-26", "2/6/2024"))
    assert notified(made) == [
        (2, "published on", "This date must be between the dates of the versions before and after it.")
    ]
    assert not plan(country, ("Moray", "plan", "2023-26", "1/5/2024")).problems


def test_an_open_cycle_is_recorded_in_and_what_follows_is_finished(country: Country) -> None:
    open_cycle(country.place("moray"), Period.named("2023-26"), entered_on=TODAY, by=None, now=NOW)
    before = db.session.scalar(select(func.count(Milestone.id)))
    put_in(country, ("Moray", "plan", "2023-26", "20/4/2023", "https://example.org/plan", "24/4/2023"))
    assert db.session.scalar(select(func.count(Milestone.id))) == before
    assert document("moray", "2023-26.publish-plan").done_on == date(2023, 4, 20)
    assert document("moray", "2023-26.send-to-ministers").done_on == date(2023, 4, 24)


def test_a_cycle_of_history_gets_its_other_steps_when_it_is_opened(country: Country) -> None:
    moray = country.place("moray")
    period = Period.named("2026-29")
    put_in(country, ("Moray", "plan", "2026-29", "20/4/2026", "https://example.org/plan", "24/4/2026"))
    opened = open_cycle(moray, period, core_only=True, entered_on=TODAY, by=country.lead, now=NOW)
    assert opened is open_cycle(moray, period, core_only=True, entered_on=TODAY, by=country.lead, now=NOW)
    assert document("moray", "2026-29.plan-prepared").state is State.DONE
    assert (
        document("moray", "2026-29.publish-plan").done_on,
        document("moray", "2026-29.send-to-ministers").done_on,
    ) == (
        date(2026, 4, 20),
        date(2026, 4, 24),
    )
    assert document("moray", "2026-29.annual-report-3").due_on == date(2029, 6, 30)
    assert db.session.scalar(select(func.count(Cycle.id))) == 1


def test_nobody_is_ever_mailed_about_the_past_of_thirty_partnerships(country: Country, days: Days) -> None:
    """Half of them joined, some long before; some documents are recorded, and of most nobody knows."""
    partnerships = db.session.scalars(select(Partnership).order_by(Partnership.id)).all()
    for number, partnership in enumerate(partnerships):
        partnership.notify_from = [None, date(2026, 7, 1), date(2020, 1, 1)][number % 3]
    lines = [
        (one.slug, document.name, document.period.name, ["unknown", "", "1/7/2026"][number % 3])
        for number, one in enumerate(partnerships)
        for document in documents_until(TODAY)[number % 5 :: 4]
    ]
    put_in(country, *lines)
    assert db.session.scalar(select(func.count(Publication.id)))
    for offset in (0, 3, 60, 120):
        days.run(TODAY + timedelta(days=offset))
    assert db.session.scalar(select(func.count(Notice.id))) == 0
    assert db.session.scalar(select(func.count(Message.id))) == 0


def test_planning_asks_the_same_number_of_statements_for_many_rows(country: Country) -> None:
    everything = [
        (one.slug, document.name, document.period.name, "1/7/2026")
        for one in db.session.scalars(select(Partnership).order_by(Partnership.id)).all()
        for document in documents_until(TODAY)
    ]
    put_in(country, *everything[:40])
    db.session.expire_all()
    viewer = country.viewer(country.official)
    counts = []
    for lines in (everything[:2], everything):
        with counted_statements() as statements:
            plan_history(rows(*lines), viewer, TODAY)
        counts.append(len(statements))
    assert counts[1] <= counts[0] + 1
