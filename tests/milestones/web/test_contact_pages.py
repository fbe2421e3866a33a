"""People without an account: who is asked about a consultation or a request, and the list of them."""

import csv
import io
from datetime import date

import pytest
from sqlalchemy import select

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.milestones.services.contacts import ContactDetails, add_contact, ask_contact
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.contact import Contact, ContactRole, milestone_contacts
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from tests.factories import make_milestone, make_organisation, make_partnership, make_user
from tests.support.moray import STEP, Place, count
from tests.support.pages import Browser, counted_statements, said, soup

LIST = "/partnerships/moray/contacts"
CONSULTATION = "/partnerships/moray/milestones/2026-29.consultation"
KIRSTY = {"contact": "", "name": "Kirsty Bain", "email": "Kirsty@Example.test", "organisation": "NHS Grampian"}


@pytest.fixture
def asked(place: Place) -> Milestone:
    return make_milestone(
        place.partnership,
        key="2026-29.consultation",
        kind=Kind.CONSULTATION,
        due_on=date(2026, 9, 1),
        owner=place.owner,
    )


@pytest.fixture
def lead(place: Place) -> Browser:
    return place.client(place.lead)


def contact_of(place: Place, name: str = "Kirsty Bain", **fields: object) -> Contact:
    made = add_contact(
        place.partnership,
        ContactDetails(name, f"{name.lower().replace(' ', '.')}@example.test", "NHS Grampian"),
        by=place.lead,
        now=clock.now(),
    )
    for field, value in fields.items():
        setattr(made, field, value)
    db.session.commit()
    return made


def asked_ids() -> list[int]:
    return sorted(db.session.scalars(select(milestone_contacts.c.contact_id)))


def test_a_lead_asks_somebody_new(asked: Milestone, lead: Browser) -> None:
    assert "No one outside the service is asked yet." in said(lead.get(CONSULTATION))
    for _ in range(2):  # the button pressed twice
        assert lead.post(f"{CONSULTATION}/contacts", data=KIRSTY).location == f"{CONSULTATION}/contacts"
    contact = db.session.scalars(select(Contact)).one()
    assert (contact.name, contact.email, contact.organisation_name) == (
        "Kirsty Bain",
        "kirsty@example.test",
        "NHS Grampian",
    )
    assert asked_ids() == [contact.id]
    assert "Kirsty Bain, NHS Grampian" in said(lead.get(CONSULTATION))
    events = list(
        db.session.scalars(select(AuditEvent.action).where(AuditEvent.action.like("contact%")).order_by(AuditEvent.id))
    )
    assert events == ["contact-asked"]


def test_a_lead_chooses_one_of_the_partnership_and_takes_them_off_again(
    place: Place, asked: Milestone, lead: Browser
) -> None:
    contact = contact_of(place)
    page = lead.get(f"{CONSULTATION}/contacts")
    assert soup(page).find("option", value=str(contact.id)) is not None
    lead.post(f"{CONSULTATION}/contacts", data={"contact": str(contact.id)})
    assert asked_ids() == [contact.id]
    for _ in range(2):
        assert lead.post(f"{CONSULTATION}/contacts/{contact.id}/remove").status_code == 302
    assert asked_ids() == []
    assert count(Contact) == 1


def test_what_is_wrong_is_said_beside_its_field_and_changes_nothing(asked: Milestone, lead: Browser) -> None:
    for changed, error in [
        ({"name": ""}, "Enter a name"),
        ({"email": ""}, "Enter an email address"),
        ({"email": "nobody"}, "is not an email address"),
        ({"name": "x" * 10_000}, "The name must be 120 characters or fewer"),
        ({"email": "x" * 10_000}, "The address must be 254 characters or fewer"),
        ({"organisation": "x" * 10_000}, "The organisation must be 200 characters or fewer"),
        ({"contact": "999999"}, "Not a valid choice"),
        ({"contact": "nonsense"}, "Not a valid choice"),
    ]:
        answer = lead.post(f"{CONSULTATION}/contacts", data={**KIRSTY, **changed})
        assert answer.status_code == 200, changed
        messages = [one.get_text() for one in soup(answer).find_all(class_="ds_question__error-message")]
        assert any(error in message for message in messages), messages
        assert (count(Contact), asked_ids()) == (0, []), changed


def test_another_partnerships_contact_is_no_choice(place: Place, asked: Milestone, lead: Browser) -> None:
    fife = make_partnership("fife")
    other = add_contact(fife, ContactDetails("Una Fyfe", "una@example.test"), by=place.lead, now=clock.now())
    db.session.commit()
    answer = lead.post(f"{CONSULTATION}/contacts", data={"contact": str(other.id)})
    assert "Not a valid choice" in said(answer)
    assert lead.get(f"{LIST}/{other.id}").status_code == 404
    assert lead.post(f"{CONSULTATION}/contacts/{other.id}/remove").status_code == 404
    assert asked_ids() == []


def test_only_what_asks_people_has_contacts_and_a_closed_one_takes_no_more(
    place: Place, asked: Milestone, lead: Browser
) -> None:
    assert lead.get(f"{STEP}/contacts").status_code == 403
    assert "Contacts without an account" not in said(lead.get(STEP))
    db.session.get_one(Milestone, asked.id).state = State.DONE
    assert "Add someone" not in said(lead.get(f"{CONSULTATION}/contacts"))
    refused = lead.post(f"{CONSULTATION}/contacts", data=KIRSTY)
    assert (refused.status_code, asked_ids()) == (200, [])


def test_those_who_do_not_keep_contacts_see_none(place: Place, asked: Milestone) -> None:
    ask_contact(asked, contact_of(place), by=place.lead, now=clock.now())
    db.session.commit()
    for role in (Role.CONTRIBUTOR, Role.GOVERNANCE, Role.AUDITOR, Role.ADMINISTRATOR):
        page = place.someone(role).get(CONSULTATION)
        assert "Kirsty Bain" not in said(page)


def test_a_contact_is_set_right_and_switched_off(place: Place, lead: Browser) -> None:
    contact, other = contact_of(place), contact_of(place, "Una Fyfe")
    data = {"name": "Kirsty Bain-Reid", "email": "kirsty@example.test", "organisation": "", "active": "y"}
    assert lead.post(f"{LIST}/{contact.id}", data=data).location == LIST
    assert "Another contact already has this email address" in said(
        lead.post(f"{LIST}/{contact.id}", data={**data, "email": other.email})
    )
    changed = db.session.get_one(Contact, contact.id)
    assert (changed.name, changed.email, changed.active) == ("Kirsty Bain-Reid", "kirsty@example.test", True)
    lead.post(f"{LIST}/{contact.id}", data={name: value for name, value in data.items() if name != "active"})
    assert not db.session.get_one(Contact, contact.id).active
    changes = list(
        db.session.scalars(select(AuditEvent.after).where(AuditEvent.subject == "contact").order_by(AuditEvent.id))
    )
    assert all("Kirsty" not in str(after) for after in changes)


@pytest.mark.on_both_databases
def test_the_list_filters_pages_and_exports_what_it_shows(place: Place, lead: Browser) -> None:
    for number in range(60):
        contact_of(place, f"Person {number:02d}", active=number % 2 == 0)
    assert "60 contacts. Showing 1 to 50." in said(lead.get(LIST))
    assert "Person 59" in said(lead.get(f"{LIST}?page=2"))
    assert "30 contacts." in said(lead.get(f"{LIST}?state=off"))
    assert "1 contact." in said(lead.get(f"{LIST}?text=person 07&state=off"))
    assert "No contacts match these filters" in said(lead.get(f"{LIST}?text=nobody%25"))
    assert lead.get(f"{LIST}?state=nonsense&page=nonsense").status_code == 200
    rows = list(csv.reader(io.StringIO(lead.get(f"{LIST}/export.csv?state=off").get_data().decode("utf-8-sig"))))
    assert len(rows) == 31
    assert rows[1] == [
        "Person 01",
        "person.01@example.test",
        "NHS Grampian",
        "Consultations and requests",
        "0",
        "Yes",
        "No",
    ]
    assert lead.get(f"{LIST}/export.xlsx").status_code == 200


def test_the_pages_cost_a_constant_number_of_statements(place: Place, asked: Milestone, lead: Browser) -> None:
    def cost() -> int:
        with counted_statements() as statements:
            for path in (LIST, CONSULTATION, f"{CONSULTATION}/contacts"):
                assert lead.get(path).status_code == 200
        return len(statements)

    def ask(first: int, last: int) -> None:
        for number in range(first, last):
            ask_contact(asked, contact_of(place, f"Person {number}"), by=place.lead, now=clock.now())
            contact_of(place, f"Other {number}")
        db.session.commit()

    ask(0, 1)
    few = cost()
    ask(1, 12)
    assert cost() == few


def test_a_contact_belongs_to_an_organisation_of_the_list_or_to_a_new_one(place: Place, lead: Browser) -> None:
    board = make_organisation("NHS Grampian")
    db.session.commit()
    data = {"name": "Una Fyfe", "email": "una@example.test", "organisation": "nhs  grampian", "roles": ["copies"]}
    assert lead.post(f"{LIST}/new", data=data).location == LIST
    una = db.session.scalars(select(Contact)).one()
    assert (una.organisation, una.roles) == (board, [ContactRole.COPIES])
    assert count(Organisation) == 1
    changed = {**data, "organisation": "Youth Forum", "roles": ["approvals", "consultation"], "active": "y"}
    assert lead.post(f"{LIST}/{una.id}", data=changed).location == LIST
    assert una.roles == [ContactRole.CONSULTATION, ContactRole.APPROVALS]
    forum = una.organisation
    assert forum is not None
    assert (forum.name, forum.kind, forum.added_by_id, forum.is_waiting) == (
        "Youth Forum",
        OrganisationKind.OTHER,
        place.partnership.id,
        True,
    )
    events = list(
        db.session.scalars(select(AuditEvent.after).where(AuditEvent.subject == "contact").order_by(AuditEvent.id))
    )
    assert events[-1] == {"changed": ["approves", "is_consulted", "organisation", "takes_copies"]}
    before = count(AuditEvent), count(Organisation)
    lead.post(f"{LIST}/{una.id}", data=changed)
    assert (count(AuditEvent), count(Organisation)) == before, "saved as it is, it changes nothing"
    page = lead.get(f"/organisations/{forum.id}")
    assert "Una Fyfe" in said(page)
    assert "Approvals" in said(page)


def test_contacts_of_an_organisation_are_for_those_who_keep_them(place: Place, lead: Browser) -> None:
    contact = contact_of(place)
    assert contact.organisation is not None
    contact.organisation.accepted_at = clock.now()
    db.session.commit()
    page = f"/organisations/{contact.organisation.id}"
    assert "Kirsty Bain" in said(lead.get(page))
    elsewhere = place.client(make_user("Lead of Fife", role=Role.LEAD, partnership=make_partnership("fife")))
    administrator = place.someone(Role.ADMINISTRATOR)
    assert "There are no contacts yet." in said(elsewhere.get(page))
    assert "Planning leads see the contacts of their own partnership here." in said(administrator.get(page))
    for other in (elsewhere, administrator):
        assert "Kirsty Bain" not in said(other.get(page))


def test_the_list_is_filtered_by_role_and_by_organisation(place: Place, lead: Browser) -> None:
    contact_of(place, "Una Fyfe", approves=True, is_consulted=False)
    contact_of(place)
    assert "1 contact." in said(lead.get(f"{LIST}?role=approvals"))
    assert "1 contact." in said(lead.get(f"{LIST}?role=consultation"))
    assert "No contacts match" in said(lead.get(f"{LIST}?role=copies"))
    assert "2 contacts." in said(lead.get(f"{LIST}?text=grampian"))


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"name": ""}, "Enter a name"),
        ({"email": ""}, "Enter an email address"),
        ({"email": "nobody"}, "is not an email address"),
        ({"organisation": "x" * 10_000}, "The organisation must be 200 characters or fewer"),
        ({"roles": ["king"]}, "Choose from the list"),
    ],
)
def test_what_is_wrong_with_a_new_contact_is_said_beside_its_field(
    place: Place, lead: Browser, changed: dict[str, object], error: str
) -> None:
    data = {"name": "Una Fyfe", "email": "una@example.test", "organisation": "A forum", "roles": [], **changed}
    answer = lead.post(f"{LIST}/new", data=data)
    assert answer.status_code == 200
    assert error in said(answer)
    assert (count(Contact), count(Organisation)) == (0, 0)


def test_the_way_there_is_on_the_partnerships_page(place: Place, lead: Browser) -> None:
    assert soup(lead.get("/partnerships/moray")).find("a", href=LIST) is not None
    official = place.client(make_user("An official", role=Role.OFFICIAL))
    assert soup(official.get("/partnerships/moray")).find("a", href=LIST) is None
