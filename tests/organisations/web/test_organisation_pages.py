"""The address book on its pages, and the organisations of one partnership."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.partnership import BodyRole, Partnership, PartnershipBody
from cycle_tracker.models.user import RoleGrant, User
from cycle_tracker.organisations.services.organisations import OrganisationDetails, add_organisation
from tests.factories import make_organisation, make_user
from tests.support.databases import Database
from tests.support.pages import Browser, counted_statements, said, sign_in, soup, value_of
from tests.support.reference import stand_reference

LIST = "/organisations"
WITHIN = "/partnerships/moray/organisations"
LIST_STATEMENTS = 4
"""What the list asks for, however many there are; the person and the session included."""
PAGE_STATEMENTS = 5
NEW = {"name": "Aberlour", "kind": "service-provider", "mailbox": "Plans@Aberlour.example.test", "code": "sc 007991"}
PART = {"role": "provider", "from_on": "1 4 2026", "to_on": ""}
HOME_START = {"organisation": "", "name": "Home-Start Moray", "kind": "service-provider", "mailbox": "", **PART}


@dataclass
class Book:
    """The address book as `load-reference` leaves it, with an administrator and two planning leads signed in."""

    app: Flask
    moray: Partnership
    admin: Browser
    lead: Browser
    elsewhere: Browser

    def find(self, name: str) -> Organisation:
        db.session.expire_all()
        return db.session.scalars(select(Organisation).where(Organisation.name == name)).one()

    def page(self, name: str) -> str:
        return f"{LIST}/{self.find(name).id}"


@pytest.fixture
def book(app: Flask, database: Database, morning: time_machine.Traveller) -> Iterator[Book]:
    with app.app_context():
        stand_reference(database, clock.now())
        places = {
            slug: db.session.scalars(select(Partnership).where(Partnership.slug == slug)).one()
            for slug in ("moray", "fife")
        }
        leads = [
            sign_in(app, make_user(f"Lead of {slug}", role=Role.LEAD, partnership=place))
            for slug, place in places.items()
        ]
        admin = sign_in(app, make_user("Jean Hay", role=Role.ADMINISTRATOR))
        yield Book(app, places["moray"], admin, *leads)
        db.session.remove()


def organisations() -> int:
    return db.session.scalar(select(func.count(Organisation.id))) or 0


def rows_of(client: Browser, address: str) -> list[str]:
    return [" ".join(row.get_text().split()) for row in soup(client.get(address)).select("#organisations tbody tr")]


def test_the_list_is_filtered_paged_and_downloaded(book: Book) -> None:
    page = book.admin.get(LIST)
    assert "82 organisations. Showing 1 to 50." in said(page)
    assert len(rows_of(book.admin, LIST)) == 50
    boards = f"{LIST}?kind=integration-joint-board"
    assert "30 organisations match these filters" in said(book.admin.get(boards))
    assert rows_of(book.admin, f"{LIST}?text=s37000019") == [
        "Moray Integration Joint Board Integration joint board S37000019 None 1 partnership In use"
    ]
    assert "2 partnerships" in rows_of(book.admin, f"{LIST}?text=Stirling+Integration")[0]
    file = book.admin.get(f"{LIST}/export.csv?kind=integration-joint-board").get_data(as_text=True).splitlines()
    assert len(file) == 31
    assert file[1].startswith("S37000001,Aberdeen City Integration Joint Board,Integration joint board,,In use,,1")
    assert "We do not recognise these filters" in said(book.admin.get(f"{LIST}?kind=king&use=later"))
    assert "Clear the filters to see all organisations" in said(book.admin.get(f"{LIST}?text=nothing+like+it"))


def test_statements_do_not_grow_with_the_list(book: Book) -> None:
    for number in range(40):
        make_organisation(f"School {number}", kind=OrganisationKind.SCHOOL)
    db.session.commit()
    with counted_statements() as statements:
        book.admin.get(LIST)
    assert len(statements) <= LIST_STATEMENTS
    with counted_statements() as statements:
        book.admin.get(book.page("NHS Greater Glasgow and Clyde"))
    assert len(statements) <= PAGE_STATEMENTS + 1  # the page is found by its name
    with counted_statements() as statements:
        book.lead.get(WITHIN)
    assert len(statements) <= PAGE_STATEMENTS


def test_an_administrator_adds_and_changes_an_organisation(book: Book) -> None:
    added = book.admin.post(f"{LIST}/new", data=NEW)
    page = book.page("Aberlour")
    assert added.location == page
    assert "Added Aberlour." in said(book.admin.get(page))
    aberlour = book.find("Aberlour")
    assert (aberlour.code, aberlour.mailbox, aberlour.is_waiting) == ("SC007991", "plans@aberlour.example.test", False)
    form = book.admin.get(f"{page}/change")
    assert [value_of(form, name) for name in ("name", "mailbox", "code")] == [
        "Aberlour",
        "plans@aberlour.example.test",
        "SC007991",
    ]
    changed = {**NEW, "name": "Aberlour Trust", "mailbox": "", "code": "SC1"}
    assert book.admin.post(f"{page}/change", data=changed).location == page
    shown = said(book.admin.get(page))
    assert "Aberlour Trust" in shown
    assert "Earlier codes SC007991" in shown
    assert "Mailbox None" in shown


def test_what_is_wrong_is_said_beside_its_field_and_nothing_changes(book: Book) -> None:
    make_organisation("Aberlour", kind=OrganisationKind.SERVICE_PROVIDER)
    db.session.commit()
    fife, before = book.page("Fife Council"), organisations()
    for path, changes, words in (
        ("/new", {"name": ""}, "Enter a name"),
        ("/new", {"name": "x" * 10_000}, "200 characters or fewer"),
        ("/new", {"kind": ""}, "Choose a kind"),
        ("/new", {"kind": "king"}, "Choose one from the list"),
        ("/new", {"kind": "scottish-government"}, "Choose one from the list"),
        ("/new", {"kind": "other-service-provider"}, "Choose one from the list"),
        ("/new", {"name": "A", "mailbox": "none"}, "is not an email address"),
        ("/new", {"name": "A", "mailbox": "x" * 10_000}, "254 characters or fewer"),
        ("/new", {"name": "A", "code": "s12000047"}, "Fife Council has this code, or had it before."),
        ("/new", {"name": "A", "code": "S12000015"}, "Fife Council has this code, or had it before."),
        ("/new", {"name": "A", "code": "?"}, "letters, digits and single hyphens"),
        ("/new", {"name": "aberlour", "code": ""}, "Aberlour is already in the list."),
        (fife.removeprefix(LIST) + "/change", {"name": "Moray Council"}, "Moray Council is already in the list."),
        (fife.removeprefix(LIST) + "/change", {"kind": "scottish-government"}, "Choose one from the list"),
    ):
        answer = book.admin.post(f"{LIST}{path}", data={**NEW, **changes})
        assert answer.status_code == 200, changes
        assert words in said(answer), changes
        assert organisations() == before, changes
        assert book.find("Fife Council").code == "S12000047", changes


def test_what_a_lead_adds_is_used_there_accepted_and_then_used_elsewhere(book: Book) -> None:
    assert book.lead.post(WITHIN, data=HOME_START).location == WITHIN
    rows = rows_of(book.lead, WITHIN)
    assert "Home-Start Moray Waiting to be accepted Service provider Service provider 1 April 2026 No end date" in (
        rows[-1] if "Home-Start" in rows[-1] else rows[-2]
    )
    page = book.page("Home-Start Moray")
    option = str(book.find("Home-Start Moray").id)
    elsewhere = "/partnerships/fife/organisations"
    assert soup(book.elsewhere.get(elsewhere)).find("option", value=option) is None
    chosen = {**HOME_START, "organisation": option}
    assert "Choose one from the list" in said(book.elsewhere.post(elsewhere, data=chosen))
    assert (book.elsewhere.get(page).status_code, book.lead.get(page).status_code) == (404, 200)
    assert len(rows_of(book.admin, f"{LIST}?use=waiting")) == 1
    assert "Added by Moray" in said(book.admin.get(page))
    assert book.admin.post(f"{page}/accept").location == page
    assert "Every partnership can now use Home-Start Moray." in said(book.admin.get(page))
    assert book.elsewhere.post(elsewhere, data=chosen).location == elsewhere
    shown = said(book.elsewhere.get(page))
    assert "Fife" in shown
    assert "Moray Service provider" not in shown, "another partnership's roles are for those who see it"
    assert "Added by" not in shown


def test_a_lead_sets_role_and_days_but_not_those_of_the_law(book: Book) -> None:
    assert "Set by an administrator" in rows_of(book.lead, WITHIN)[0]
    book.lead.post(WITHIN, data=HOME_START)
    parts = {
        one.organisation.name: one
        for one in db.session.scalars(select(PartnershipBody).where(PartnershipBody.partnership_id == book.moray.id))
    }
    one = f"{WITHIN}/{parts['Home-Start Moray'].id}"
    assert value_of(book.lead.get(one), "from_on") == "01/04/2026"
    saved = book.lead.post(one, data={"role": "member", "from_on": "1 5 2026", "to_on": "31 3 2029"})
    assert saved.location == WITHIN
    db.session.expire_all()
    part = parts["Home-Start Moray"]
    assert (part.role, part.from_on, part.to_on) == (BodyRole.MEMBER, date(2026, 5, 1), date(2029, 3, 31))
    for words, changes in (
        ("The last day must not be before the first day.", {"to_on": "1 4 2026"}),
        ("Enter the first day", {"from_on": ""}),
        ("Choose whether it is a member or a service provider", {"role": "lead"}),
        ("The date must be from 1 April 2017 to 2099.", {"from_on": "1 1 2016"}),
        ("31 June 2026 is not a real date", {"to_on": "31 6 2026"}),
    ):
        data = {"role": "member", "from_on": "1 5 2026", "to_on": "", **changes}
        assert words in said(book.lead.post(one, data=data))
    for name in ("Moray Council", "NHS Grampian", "Moray Integration Joint Board"):
        of_the_law = f"{WITHIN}/{parts[name].id}"
        assert book.lead.get(of_the_law).status_code == 403
        assert book.lead.post(of_the_law, data={"role": "member", "from_on": "1 5 2026"}).status_code == 403
    assert book.elsewhere.get(f"/partnerships/fife/organisations/{part.id}").status_code == 404


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "Enter a name"),
        ({"kind": ""}, "Choose a kind"),
        ({"kind": "king"}, "Choose one from the list"),
        ({"kind": "other-service-provider"}, "Choose one from the list"),
        ({"name": "moray council"}, "Moray Council is already in the list."),
        ({"mailbox": "none"}, "is not an email address"),
        ({"role": "lead"}, "Choose whether it is a member or a service provider"),
        ({"role": ""}, "Choose whether it is a member or a service provider"),
        ({"from_on": ""}, "Enter the first day"),
        ({"to_on": "1 1 2026"}, "The last day must not be before the first day."),
        ({"organisation": "99999999999999999999"}, "Choose one from the list"),
    ],
)
def test_a_lead_is_told_what_is_wrong_and_nothing_is_added(book: Book, changes: dict[str, str], words: str) -> None:
    before = organisations(), db.session.scalar(select(func.count(PartnershipBody.id)))
    answer = book.lead.post(WITHIN, data={**HOME_START, **changes})
    assert answer.status_code == 200
    assert words in said(answer)
    assert (organisations(), db.session.scalar(select(func.count(PartnershipBody.id)))) == before


def test_a_lead_gives_no_role_that_the_law_gives(book: Book) -> None:
    """They could not take it back, and a plan would be owed to the board of another area."""
    board = book.find("Fife Integration Joint Board")
    parts = select(func.count(PartnershipBody.id)).where(PartnershipBody.partnership_id == book.moray.id)
    before = db.session.scalar(parts)
    for changes in ({"organisation": str(board.id)}, {"kind": "integration-joint-board"}):
        answer = book.lead.post(WITHIN, data={**HOME_START, **changes})
        assert "Only an administrator can add an integration joint board" in said(answer)
    assert db.session.scalar(parts) == before
    book.lead.post(WITHIN, data={**HOME_START, "organisation": str(board.id), "role": "member"})
    its_parts = select(PartnershipBody).where(PartnershipBody.organisation_id == board.id).order_by(PartnershipBody.id)
    part = db.session.scalars(its_parts).all()[-1]
    answer = book.lead.post(f"{WITHIN}/{part.id}", data=PART)
    assert "Only an administrator can add an integration joint board" in said(answer)


def test_an_organisation_that_is_there_already_is_not_added_twice(book: Book) -> None:
    board = book.find("NHS Grampian")
    answer = book.lead.post(WITHIN, data={**HOME_START, "organisation": str(board.id)})
    assert "NHS Grampian is already in the partnership on that date." in said(answer)


def test_a_duplicate_is_merged_once_and_the_rest_is_refused(book: Book) -> None:
    book.lead.post(WITHIN, data={**HOME_START, "name": "Barnardos"})
    book.admin.post(f"{LIST}/new", data={**NEW, "name": "Barnardo’s", "code": "SC037605"})
    kept, page = book.find("Barnardo’s"), book.page("Barnardos")
    form = book.admin.get(f"{page}/merge")
    assert "You cannot undo this." in said(form)
    assert "Moray" in said(form)
    assert soup(form).find("option", value=str(book.find("Barnardos").id)) is None
    assert "Choose an organisation" in said(book.admin.post(f"{page}/merge", data={"into": ""}))
    assert "Choose one from the list" in said(book.admin.post(f"{page}/merge", data={"into": "0"}))
    merged = book.admin.post(f"{page}/merge", data={"into": str(kept.id)})
    assert merged.location == f"{LIST}/{kept.id}"
    assert "Merged Barnardos into Barnardo’s." in said(book.admin.get(merged.location))
    assert "Barnardo’s" in " ".join(rows_of(book.lead, WITHIN))
    again = book.admin.post(f"{page}/merge", data={"into": str(kept.id)})
    assert "was merged already" in said(again)
    shown = book.admin.get(page)
    assert "Merged into Barnardo’s" in said(shown)
    assert soup(shown).select("form[action*='/use']") == []
    assert book.admin.post(f"{page}/use").status_code == 302
    assert not book.find("Barnardos").in_use


def test_an_organisation_is_taken_out_of_use_and_used_again(book: Book) -> None:
    council = book.page("Moray Council")
    book.admin.post(f"{council}/stop-using")
    assert "Moray Council still has a role in Moray." in said(book.admin.get(council))
    make_organisation("Family Futures", kind=OrganisationKind.SERVICE_PROVIDER)
    db.session.commit()
    page = book.page("Family Futures")
    book.admin.post(f"{page}/stop-using")
    assert "Family Futures can no longer be chosen." in said(book.admin.get(page))
    option = str(book.find("Family Futures").id)
    assert soup(book.lead.get(WITHIN)).find("option", value=option) is None
    book.admin.post(f"{page}/use")
    assert soup(book.lead.get(WITHIN)).find("option", value=option) is not None


def test_what_the_law_names_can_get_a_mailbox_and_nothing_else(book: Book) -> None:
    page = book.page("Scottish Government")
    shown = book.admin.get(page)
    assert "Stop using" not in said(shown)
    data = {
        "name": "Scottish Government",
        "kind": "scottish-government",
        "mailbox": "plans@gov.example.test",
        "code": "",
    }
    assert "Choose one from the list" in said(book.admin.post(f"{page}/change", data={**data, "kind": "school"}))
    assert "The law names" in said(book.admin.post(f"{page}/change", data={**data, "code": "X1"}))
    assert book.admin.post(f"{page}/change", data=data).location == page
    assert book.find("Scottish Government").mailbox == "plans@gov.example.test"


def test_the_people_of_a_service_provider_see_nothing_of_the_partnership(app: Flask, book: Book) -> None:
    board = book.find("Moray Integration Joint Board")
    officer: User = make_user("Isla Bain", organisation=board)
    db.session.add(RoleGrant(user_id=officer.id, role=Role.LEAD, scope=Scope.ORGANISATION, organisation_id=board.id))
    db.session.commit()
    client = sign_in(app, officer)
    for address in ("/partnerships/moray", WITHIN, "/partnerships/moray/milestones"):
        assert client.get(address).status_code in (403, 404), address
    (part,) = db.session.scalars(select(PartnershipBody).where(PartnershipBody.organisation_id == board.id))
    part.role = BodyRole.MEMBER
    db.session.commit()
    assert client.get("/partnerships/moray").status_code == 200


def test_the_way_there_is_in_the_menu_and_on_the_partnerships_page(book: Book) -> None:
    assert soup(book.admin.get("/")).select_one(f"nav a[href='{LIST}'], a[href='{LIST}']") is not None
    assert soup(book.lead.get("/partnerships/moray")).select_one(f"a[href='{WITHIN}']") is not None
    added = add_organisation(
        OrganisationDetails("Fife Voluntary Action", OrganisationKind.THIRD_SECTOR_INTERFACE), by=None, now=clock.now()
    )
    db.session.commit()
    assert "Third sector interface" in said(book.lead.get(f"{LIST}/{added.id}"))


def test_the_start_of_section_60_is_entered_changed_and_removed(book: Book) -> None:
    page = f"{LIST}/2026-act"
    shown = book.admin.get(page)
    assert "No start date is set." in said(shown)
    assert "Nothing changes in Highland: there is no integration joint board." in said(shown)
    assert len(soup(shown).select("#boards tbody tr")) == 29
    for typed, words in (
        ("", "Enter the start date"),
        ("31 6 2027", "31 June 2027 is not a real date"),
        ("14 5 2026", "The date must be from 15 May 2026, when the Act was passed, to 2099."),
    ):
        assert words in said(book.admin.post(page, data={"starts_on": typed}))
    assert book.admin.post(page, data={"starts_on": "1 4 2027"}).location == page
    shown = book.admin.get(page)
    assert "Integration joint boards are lead bodies from 1 April 2027." in said(shown)
    assert value_of(shown, "starts_on") == "01/04/2027"
    assert len(soup(shown).select("#boards tbody tr")) == 29
    row = next(row for row in rows_of(book.lead, WITHIN) if "Lead body 1 April 2027" in row)
    assert row.startswith("Moray Integration Joint Board")
    for _ in range(2):  # the button pressed twice
        assert book.admin.post(f"{page}/remove").location == page
    assert "No start date is set." in said(book.admin.get(page))
    with counted_statements() as statements:
        book.admin.get(page)
    assert len(statements) <= PAGE_STATEMENTS
