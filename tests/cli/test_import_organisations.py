"""`flask import-organisations`: all of a file, or nothing of it and every problem by row."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import Base, db
from cycle_tracker.core.kinds import Manner
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.periods import Period
from cycle_tracker.core.roles import Role
from cycle_tracker.cycles.services.cycles import open_cycle
from cycle_tracker.documents.services.approvals import ApprovalDetails, record_approval
from cycle_tracker.imports.services.organisations import KINDS, NEW_KINDS, ROLES
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import SET_BY_LAW, Organisation, OrganisationKind
from cycle_tracker.models.partnership import BodyRole, Partnership, PartnershipBody
from cycle_tracker.models.user import User
from cycle_tracker.organisations.services.merging import merge_organisations
from cycle_tracker.organisations.services.organisations import OrganisationDetails, add_organisation
from cycle_tracker.organisations.services.parts import FOLLOWERS
from tests.factories import make_organisation, make_user
from tests.support.databases import Database
from tests.support.reference import stand_reference
from tests.support.workbooks import workbook

HEADINGS = "code,name,kind,mailbox,partnership,role,from,to\n"
GOOD = "SC1,Aberlour,service provider,a@b.test,Moray,provider,1/4/2026,\n"
OF_A_HUNDRED = 100
CONSTABLE = "Chief Constable of the Police Service of Scotland (Police Scotland)"


@pytest.fixture
def service(app: Flask, database: Database) -> Iterator[Flask]:
    with app.app_context():
        stand_reference(database, clock.now())
        yield app
        db.session.remove()


def run(service: Flask, folder: Path, text: str | bytes, *options: str) -> tuple[int, str]:
    path = folder / "organisations.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    db.session.remove()
    result = service.test_cli_runner().invoke(args=["import-organisations", str(path), *options])
    return result.exit_code, result.output


def everything() -> list[tuple[object, ...]]:
    db.session.remove()
    tables = (table for table in Base.metadata.sorted_tables if table.name in TABLES)
    return [tuple(row) for table in tables for row in db.session.execute(select(table).order_by(*table.primary_key))]


TABLES = {"organisations", "old_codes", "partnership_bodies", "audit_events"}


def find(name: str) -> Organisation:
    return db.session.scalars(select(Organisation).where(Organisation.name == name)).one()


def a_hundred() -> str:
    """Organisations of every kind, each with a role in one or two of thirty partnerships."""
    places = db.session.scalars(select(Partnership.slug).order_by(Partnership.slug)).all()
    lines = []
    for number in range(OF_A_HUNDRED):
        kind, place, role = NEW_KINDS[number % len(NEW_KINDS)], places[number % 30], ("member", "provider")[number % 2]
        code, mailbox = (f"X-{number}" if number % 3 else ""), f"Box-{number}@example.test"
        lines.append(f"{code},Organisation {number},{kind},{mailbox},{place},{role},1/4/{2020 + number % 7},")
    return HEADINGS + "\n".join(lines) + "\n"


def test_a_hundred_organisations_are_added_once(service: Flask, tmp_path: Path) -> None:
    before = db.session.scalar(select(func.count(Organisation.id))) or 0
    text = a_hundred()
    assert run(service, tmp_path, text) == (0, "Saved 100 new, 0 changed, 0 unchanged.\n")
    assert run(service, tmp_path, text) == (0, "Saved 0 new, 0 changed, 100 unchanged.\n")
    made = db.session.scalars(select(Organisation).where(Organisation.name.like("Organisation %"))).all()
    assert len(made) == OF_A_HUNDRED == (db.session.scalar(select(func.count(Organisation.id))) or 0) - before
    assert {one.kind.value for one in made} == set(NEW_KINDS)
    assert {(one.is_waiting, one.in_use, one.mailbox is not None) for one in made} == {(False, True, True)}
    parts = select(func.count(PartnershipBody.id)).join(PartnershipBody.organisation)
    assert db.session.scalar(parts.where(Organisation.name.like("Organisation %"))) == OF_A_HUNDRED
    events = db.session.scalars(select(AuditEvent).where(AuditEvent.action.in_(["added", "body-added"]))).all()
    assert len(events) == 2 * OF_A_HUNDRED
    assert {one.actor_id for one in events} == {None}


def test_what_builds_on_the_parts_follows_once_for_each_partnership_after_the_last_row(
    service: Flask, tmp_path: Path
) -> None:
    """Row by row it takes minutes for a thousand."""
    seen: list[tuple[str, int]] = []

    def follow(partnership_id: int, _by: User | None, _now: datetime) -> None:
        place = db.session.get_one(Partnership, partnership_id)
        seen.append((place.slug, sum("Landlord" in one.organisation.name for one in place.bodies)))

    rows = "".join(
        f",Landlord {number},registered-social-landlord,,{place},provider,1/4/2026,\n"
        for number, place in enumerate(("moray", "fife", "moray", "moray"))
    )
    FOLLOWERS.append(follow)
    try:
        assert run(service, tmp_path, HEADINGS + rows)[0] == 0
        assert sorted(seen) == [("fife", 1), ("moray", 3)]
        again = ",Landlord 0,,,moray,provider,1/4/2026,31/3/2029\n,Landlord 1,,,fife,provider,1/4/2026,\n"
        assert run(service, tmp_path, HEADINGS + again) == (0, "Saved 0 new, 1 changed, 1 unchanged.\n")
        assert sorted(seen) == [("fife", 1), ("moray", 3), ("moray", 3)]
        assert run(service, tmp_path, f"{HEADINGS},Landlord 9,school,,moray,provider,1/4/2026,\n,,,,x,,,\n")[0] == 1
        assert len(seen) == 3
    finally:
        FOLLOWERS.remove(follow)


def test_a_lead_body_that_a_file_adds_opens_a_plan_again_that_it_has_not_agreed(service: Flask, tmp_path: Path) -> None:
    moray = db.session.scalars(select(Partnership).where(Partnership.slug == "moray")).one()
    lead, now = make_user(role=Role.LEAD, partnership=moray), clock.now()
    open_cycle(moray, Period.named("2026-29"), entered_on=date(2024, 4, 1), by=None, now=now)
    plan = db.session.scalars(select(Milestone).where(Milestone.key == "2026-29.plan-prepared")).one()
    for body in [one.organisation for one in moray.bodies if one.role is BodyRole.LEAD]:
        details = ApprovalDetails(Manner.APPROVED, approved_on=date(2026, 3, 23))
        record_approval(plan, body, details, by=lead, today=clock.today(), now=now)
    db.session.commit()
    assert plan.state is State.DONE
    assert run(service, tmp_path, f"{HEADINGS},Third Council,other,,Moray,lead,1/4/2020,\n")[0] == 0
    assert db.session.get_one(Milestone, plan.id).state is State.IN_PROGRESS


def test_a_dry_run_changes_nothing(service: Flask, tmp_path: Path) -> None:
    before, text = everything(), a_hundred()
    code, said = run(service, tmp_path, text, "--dry-run")
    assert (code, said) == (0, "Nothing was saved. The file has 100 new, 0 changed, 0 unchanged.\n")
    assert everything() == before


def test_rows_change_what_is_there_and_empty_cells_do_not(service: Flask, tmp_path: Path) -> None:
    assert run(service, tmp_path, HEADINGS + GOOD)[0] == 0
    rows = (
        "sc1,Aberlour Trust,,,Fife,Member,1 April 2026,31/3/2029\n"  # another name, and another partnership
        "SC1,,,,Moray,provider,2026-04-01,31/3/2029\n"  # its role ends
        ",nhs grampian,,Plans@Grampian.example.test,,,,\n"  # found by its name
        "S12000015,,,,,,,\n"  # an old code; nothing is said
        "N01,,,police@example.test,,,,\n"  # a body that the law names gets a mailbox
    )
    assert run(service, tmp_path, HEADINGS + rows) == (0, "Saved 1 new, 3 changed, 1 unchanged.\n")
    aberlour = find("Aberlour Trust")
    assert (aberlour.kind, aberlour.mailbox) == (OrganisationKind.SERVICE_PROVIDER, "a@b.test")
    parts = db.session.execute(
        select(Partnership.slug, PartnershipBody.role, PartnershipBody.from_on, PartnershipBody.to_on)
        .join(PartnershipBody, PartnershipBody.partnership_id == Partnership.id)
        .where(PartnershipBody.organisation_id == aberlour.id)
        .order_by(Partnership.slug)
    )
    last = date(2029, 3, 31)
    assert [tuple(row) for row in parts] == [
        ("fife", BodyRole.MEMBER, date(2026, 4, 1), last),
        ("moray", BodyRole.PROVIDER, date(2026, 4, 1), last),
    ]
    assert find("NHS Grampian").mailbox == "plans@grampian.example.test"
    assert find(CONSTABLE).mailbox == "police@example.test"


def test_a_row_about_a_merged_organisation_is_about_the_one_that_stays(service: Flask, tmp_path: Path) -> None:
    jean, kept = make_user("Jean Hay"), make_organisation("Barnardo’s", kind=OrganisationKind.SERVICE_PROVIDER)
    duplicate = make_organisation("Barnardos", kind=OrganisationKind.SERVICE_PROVIDER)
    merge_organisations(duplicate, kept, by=jean, now=clock.now())
    db.session.commit()
    row = f"{duplicate.code},,,b@example.test,,,,\n"
    assert run(service, tmp_path, HEADINGS + row) == (0, "Saved 0 new, 1 changed, 0 unchanged.\n")
    assert find("Barnardo’s").mailbox == "b@example.test"


BAD = {
    "neither code nor name": (",,school,,,,,", "name: Enter the code or the name of the organisation."),
    "a new one without a name": ("X1,,school,,,,,", "name: A new organisation needs a name."),
    "a name that is too long": (
        f"X1,{'x' * 201},school,,,,,",
        "name: The name must be 1 to 200 characters.",
    ),
    "a name of another one": ("X1,moray COUNCIL,school,,,,,", "name: Moray Council is already in the list."),
    "an unknown kind": ("X1,A,kingdom,,,,,", f"kind: “kingdom” is not a kind. It can be {', '.join(KINDS)}."),
    "a new one without a kind": (
        "X1,A,,,,,,",
        f"kind: A new organisation needs a kind. It can be {', '.join(NEW_KINDS)}.",
    ),
    "a kind set by law": (
        "X1,A,scottish government,,,,,",
        f"kind: A new organisation needs a kind. It can be {', '.join(NEW_KINDS)}.",
    ),
    "another kind of what the law names": (
        "N01,,school,,,,,",
        f"kind: The law names {CONSTABLE}, so its kind and code stay as they are.",
    ),
    "a mailbox that is none": (
        "X1,A,school,none,,,,",
        "mailbox: “none” is not an email address: An email address must have an @-sign.",
    ),
    "a code that is none": (
        "X_1,A,school,,,,,",
        "code: The code must be 20 characters or fewer: letters, digits and single hyphens between them.",
    ),
    "a code of ours that is not there": (
        "CT999999,A,school,,,,,",
        "code: There is no organisation with the code CT999999.",
    ),
    "not in use": (
        "OLD-1,,,,,,,",
        "code: Old Trust is not in use. Select “Use again” on its page first.",
    ),
    "waiting to be accepted": (
        "{waiting},,,,,,,",
        "code: Home-Start is waiting to be accepted. Accept it on its page first.",
    ),
    "an unknown partnership": (
        "X1,A,school,,Atlantis,member,1/4/2026,",
        "partnership: We do not recognise the partnership “Atlantis”.",
    ),
    "several partnerships at once": (
        "X1,A,school,,NHS Grampian,member,1/4/2026,",
        "partnership: “NHS Grampian” is part of 3 partnerships. Enter the name of one partnership.",
    ),
    "a role without a partnership": (
        "X1,A,school,,,member,1/4/2026,",
        "partnership: Enter the partnership that the role is about.",
    ),
    "a partnership without a role": (
        "X1,A,school,,Moray,,1/4/2026,",
        f"role: Enter the role: {', '.join(ROLES)}.",
    ),
    "an unknown role": (
        "X1,A,school,,Moray,king,1/4/2026,",
        "role: “king” is not a role. It can be lead, member, provider.",
    ),
    "no first day": ("X1,A,school,,Moray,member,,", "from: Enter the first day."),
    "a day that is none": ("X1,A,school,,Moray,member,31/6/2026,", "from: 31 June 2026 is not a real date."),
    "a first day long ago": (
        "X1,A,school,,Moray,member,1/4/2016,",
        "from: The date must be from 1 April 2017 to 2099.",
    ),
    "a last day before the first": (
        "X1,A,school,,Moray,member,1/4/2026,31/3/2026",
        "to: The last day must not be before the first day.",
    ),
    "another role on the same days": (
        "S12000020,,,,Moray,member,1/4/2026,",
        "partnership: Moray Council is already in the partnership on that date. Give it an earlier last day first.",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_one_bad_row_is_named_by_its_number_and_nothing_is_saved(service: Flask, tmp_path: Path, what: str) -> None:
    moray = db.session.scalars(select(Partnership).where(Partnership.slug == "moray")).one()
    school = OrganisationKind.SCHOOL
    waiting = add_organisation(OrganisationDetails("Home-Start", school), partnership=moray, by=None, now=clock.now())
    old = add_organisation(OrganisationDetails("Old Trust", school, "", "OLD-1"), by=None, now=clock.now())
    old.in_use = False
    row, words = BAD[what]
    text = HEADINGS + GOOD + row.replace("{waiting}", waiting.code) + "\n"
    db.session.commit()
    before = everything()
    for options in ((), ("--dry-run",)):
        code, said = run(service, tmp_path, text, *options)
        assert (code, said.splitlines()) == (
            1,
            [f"Row 3, {words}", "Error: 1 problem to correct. Nothing was saved."],
        )
        assert everything() == before


def test_rows_that_say_different_things_of_one_organisation_are_refused(service: Flask, tmp_path: Path) -> None:
    before = everything()
    rows = "SC1,Aberlour Trust,,,,,,\nSC1,,school,,,,,\nSC1,,,c@b.test,,,,\n"
    assert run(service, tmp_path, HEADINGS + GOOD + rows)[1].splitlines() == [
        "Row 3, name: Row 2 has another name for this organisation.",
        "Row 4, kind: Row 2 has another kind for this organisation.",
        "Row 5, mailbox: Row 2 has another mailbox for this organisation.",
        "Error: 3 problems to correct. Nothing was saved.",
    ]
    assert everything() == before


def test_every_bad_row_of_one_file_is_named(service: Flask, tmp_path: Path) -> None:
    """A hundred good rows, and each kind of bad row after them."""
    before = everything()
    bad = [row for row, _ in BAD.values() if "{" not in row and not row.startswith("OLD")]
    code, said = run(service, tmp_path, a_hundred() + "\n".join(bad) + "\n")
    lines = said.splitlines()
    assert code == 1
    assert [int(line.split(",")[0].removeprefix("Row ")) for line in lines[:-1]] == [
        number for number, _ in enumerate(bad, OF_A_HUNDRED + 2)
    ]
    assert lines[-1] == f"Error: {len(bad)} problems to correct. Nothing was saved."
    assert everything() == before


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"name\na\n", "These are missing: code, kind."),
        (b"code,name,kind,colour\na,b,c,d\n", "“colour” is not a column we recognise."),
        ("code\né\n".encode("cp1252"), "it is not saved as UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(
    service: Flask, tmp_path: Path, content: bytes, words: str
) -> None:
    code, said = run(service, tmp_path, content)
    assert code == 1
    assert words in said


def test_a_workbook_does_as_well(service: Flask, tmp_path: Path) -> None:
    lines = [line.split(",") for line in (HEADINGS + GOOD).strip().split("\n")]
    assert run(service, tmp_path, workbook(lines)) == (0, "Saved 1 new, 0 changed, 0 unchanged.\n")


def test_the_kinds_of_a_file_are_those_of_the_pages() -> None:
    assert set(KINDS) - set(NEW_KINDS) == {kind.value for kind in SET_BY_LAW}
