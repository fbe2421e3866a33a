"""Organisations of the address book: who sees one, adding, changing, accepting and taking out of use."""

from datetime import date, timedelta
from itertools import product

import pytest
from flask import Flask
from sqlalchemy import select

from cycle_tracker.access.queries.viewers import viewer_of
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.contact import Contact
from cycle_tracker.models.organisation import SET_BY_LAW, Organisation, OrganisationKind
from cycle_tracker.models.partnership import BodyRole, Partnership, PartnershipBody
from cycle_tracker.models.user import User
from cycle_tracker.organisations.queries.organisations import (
    OrganisationQuestion,
    Use,
    count_organisations,
    find_by_name,
    list_contacts_of,
    list_organisation_rows,
    list_parts,
    list_to_merge_into,
)
from cycle_tracker.organisations.queries.parts import overlapping
from cycle_tracker.organisations.rules import own_code
from cycle_tracker.organisations.services.merging import merge_organisations
from cycle_tracker.organisations.services.organisations import (
    OrganisationDetails,
    accept_organisation,
    add_organisation,
    change_organisation,
    set_in_use,
)
from cycle_tracker.organisations.services.parts import PartDetails, add_body, change_body
from cycle_tracker.partnerships.queries.bodies import find_organisation, list_organisations
from cycle_tracker.partnerships.queries.partnership_names import read_partnership_names
from tests.factories import at_seven, make_government, make_organisation, make_partnership, make_user
from tests.support.pages import counted_statements

TODAY = date(2026, 7, 3)
NOW = at_seven(TODAY)
SCHOOL, PROVIDER = OrganisationKind.SCHOOL, OrganisationKind.SERVICE_PROVIDER
HOME_START = OrganisationDetails("Home-Start Moray", PROVIDER, "plans@home-start.example.test")


@pytest.fixture
def jean(core_app: Flask) -> User:
    return make_user("Jean Hay", role=Role.ADMINISTRATOR)


@pytest.fixture
def moray(core_app: Flask) -> Partnership:
    return make_partnership("moray")


@pytest.fixture
def fife(core_app: Flask) -> Partnership:
    return make_partnership("fife")


def names(partnership: Partnership | None = None) -> list[str]:
    return [one.name for one in list_organisations(partnership_id=partnership.id if partnership else None)]


def actions(organisation: Organisation) -> list[str]:
    events = select(AuditEvent.action).where(
        AuditEvent.subject == "organisation", AuditEvent.subject_id == organisation.id
    )
    return list(db.session.scalars(events.order_by(AuditEvent.id)))


def test_what_a_partnership_adds_is_for_it_alone_until_it_is_accepted(
    moray: Partnership, fife: Partnership, jean: User
) -> None:
    added = add_organisation(HOME_START, partnership=moray, by=jean, now=NOW)
    assert (added.is_waiting, added.in_use, added.code) == (True, True, f"CT{added.id:06d}")
    assert (names(moray), names(fife), names()) == (["Home-Start Moray"], [], ["Home-Start Moray"])
    add_body(fife, make_organisation("Fife Council"), BodyRole.LEAD, TODAY, by=jean, now=NOW)
    add_body(moray, added, BodyRole.PROVIDER, TODAY, by=jean, now=NOW)
    assert read_partnership_names().find("home-start moray") == []
    for _ in range(2):  # the button pressed twice
        accept_organisation(added, by=jean, now=NOW)
    assert names(fife) == ["Fife Council", "Home-Start Moray"]
    assert read_partnership_names().find("home-start moray") == [moray]
    assert actions(added) == ["added", "accepted"]


def test_a_name_is_in_the_list_once_for_those_who_see_it(moray: Partnership, fife: Partnership, jean: User) -> None:
    first = add_organisation(HOME_START, partnership=moray, by=jean, now=NOW)
    again = OrganisationDetails("HOME-START moray", SCHOOL)
    with pytest.raises(RuleBroken, match="Home-Start Moray is already in the list") as refused:
        add_organisation(again, partnership=moray, by=jean, now=NOW)
    assert refused.value.field == "name"
    same = add_organisation(again, partnership=fife, by=jean, now=NOW)
    accept_organisation(first, by=jean, now=NOW)
    with pytest.raises(RuleBroken, match="Merge this organisation into it"):
        accept_organisation(same, by=jean, now=NOW)
    with pytest.raises(RuleBroken, match="already in the list"):
        add_organisation(HOME_START, by=jean, now=NOW)


@pytest.mark.parametrize(
    ("details", "field"),
    [
        (OrganisationDetails(" \u200b", SCHOOL), "name"),
        (OrganisationDetails("x" * 201, SCHOOL), "name"),
        (OrganisationDetails("A", SCHOOL, "no address"), "mailbox"),
        (OrganisationDetails("A", SCHOOL, f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.test"), "mailbox"),
        (OrganisationDetails("A", SCHOOL, "", "not a code!"), "code"),
        (OrganisationDetails("A", SCHOOL, "", "X" * 21), "code"),
        (OrganisationDetails("A", SCHOOL, "", "t-old"), "code"),
        (OrganisationDetails("A", SCHOOL, "", "ct 999 999"), "code"),
        *((OrganisationDetails("A", kind), "kind") for kind in sorted(SET_BY_LAW)),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(jean: User, details: OrganisationDetails, field: str) -> None:
    changed = add_organisation(OrganisationDetails("B", SCHOOL, "", "T-OLD"), by=jean, now=NOW)
    change_organisation(changed, OrganisationDetails("B", SCHOOL, "", "T-NEW"), by=jean, now=NOW)
    before = count_organisations(OrganisationQuestion())
    with pytest.raises(RuleBroken) as refused:
        add_organisation(details, by=jean, now=NOW)
    assert refused.value.field == field
    assert count_organisations(OrganisationQuestion()) == before


def test_a_changed_code_still_finds_the_organisation(jean: User) -> None:
    school = add_organisation(OrganisationDetails("A school", SCHOOL), by=jean, now=NOW)
    own = school.code
    assert change_organisation(school, OrganisationDetails("A school", SCHOOL, "", "5200000"), by=jean, now=NOW)
    assert school.old_codes == [], "a code that the service made up is forgotten"
    assert find_organisation(own) is None
    change_organisation(school, OrganisationDetails("Elgin School", SCHOOL, "A@B.test", "5200001"), by=jean, now=NOW)
    assert [find_organisation(code) for code in ("5200000", " 5200001 ")] == [school, school]
    assert (school.name, school.mailbox, school.edited) == ("Elgin School", "a@b.test", True)
    change_organisation(school, OrganisationDetails("Elgin School", SCHOOL, "a@b.test", "5200000"), by=jean, now=NOW)
    assert [one.code for one in school.old_codes] == ["5200001"], "it has its first code again"
    same = OrganisationDetails("Elgin School", SCHOOL, "a@b.test")
    assert not change_organisation(school, same, by=jean, now=NOW)
    assert actions(school) == ["added", "changed", "changed", "changed"]


def test_a_mailbox_alone_leaves_the_name_to_the_reference_data(jean: User) -> None:
    government = make_government()
    details = OrganisationDetails(government.name, government.kind, "plans@gov.example.test")
    assert change_organisation(government, details, by=jean, now=NOW)
    assert (government.mailbox, government.edited) == ("plans@gov.example.test", False)


@pytest.mark.parametrize("kind", sorted(SET_BY_LAW))
def test_what_the_law_names_keeps_its_kind_and_code_and_stays_in_use(jean: User, kind: OrganisationKind) -> None:
    body = make_organisation("A body", kind=kind)
    for details in (
        OrganisationDetails("A body", SCHOOL),
        OrganisationDetails("A body", kind, "", "N77"),
    ):
        with pytest.raises(RuleBroken, match="The law names A body") as refused:
            change_organisation(body, details, by=jean, now=NOW)
        assert refused.value.field == "kind"
    assert change_organisation(body, OrganisationDetails("The body", kind), by=jean, now=NOW)
    with pytest.raises(RuleBroken, match="stays in use"):
        set_in_use(body, in_use=False, by=jean, today=TODAY, now=NOW)


def test_what_has_a_role_still_stays_in_use(moray: Partnership, jean: User) -> None:
    added = add_organisation(HOME_START, by=jean, now=NOW)
    part = add_body(moray, added, BodyRole.PROVIDER, date(2020, 4, 1), by=jean, now=NOW)
    with pytest.raises(RuleBroken, match="still has a role in Moray"):
        set_in_use(added, in_use=False, by=jean, today=TODAY, now=NOW)
    change_body(moray, part, PartDetails(BodyRole.PROVIDER, date(2020, 4, 1), TODAY), by=jean, now=NOW)
    for _ in range(2):  # the button pressed twice
        set_in_use(added, in_use=False, by=jean, today=TODAY, now=NOW)
    assert (names(), names(moray)) == ([], [])
    assert [one.name for one in list_organisations(also=added)] == [added.name]
    set_in_use(added, in_use=True, by=jean, today=TODAY, now=NOW)
    assert names(moray) == [added.name]
    assert actions(added) == ["added", "not-in-use", "used-again"]


def test_a_role_and_its_days_are_changed_without_two_at_once(moray: Partnership, jean: User) -> None:
    board = make_organisation("A board")
    first = add_body(moray, board, BodyRole.PROVIDER, date(2020, 4, 1), to_on=date(2023, 3, 31), by=jean, now=NOW)
    second = add_body(moray, board, BodyRole.MEMBER, date(2023, 4, 1), by=jean, now=NOW)
    for details, field in (
        (PartDetails(BodyRole.PROVIDER, date(2020, 4, 1), date(2023, 4, 1)), "from_on"),
        (PartDetails(BodyRole.PROVIDER, date(2020, 4, 1)), "from_on"),
        (PartDetails(BodyRole.PROVIDER, date(2020, 4, 1), date(2020, 3, 31)), "to_on"),
        (PartDetails(BodyRole.PROVIDER, date(2016, 4, 1)), "from_on"),
        (PartDetails(BodyRole.PROVIDER, date(2020, 4, 1), date(2100, 1, 1)), "to_on"),
    ):
        with pytest.raises(RuleBroken) as refused:
            change_body(moray, first, details, by=jean, now=NOW)
        assert refused.value.field == field
    with pytest.raises(RuleBroken, match="already in the partnership"):
        add_body(moray, board, BodyRole.LEAD, date(2021, 4, 1), to_on=date(2021, 5, 1), by=jean, now=NOW)
    change_body(moray, second, PartDetails(BodyRole.PROVIDER, date(2024, 4, 1)), by=jean, now=NOW)
    change_body(moray, second, PartDetails(BodyRole.PROVIDER, date(2024, 4, 1)), by=jean, now=NOW)
    changed = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "body-changed")).all()
    assert [(one.before["role"], one.after["role"], one.after["from_on"]) for one in changed] == [
        ("member", "provider", "2024-04-01")
    ]


def test_the_list_is_filtered_in_one_statement(moray: Partnership, fife: Partnership, jean: User) -> None:
    used = add_organisation(OrganisationDetails("Aberlour 100%", PROVIDER, "", "SC7"), by=jean, now=NOW)
    add_body(moray, used, BodyRole.PROVIDER, TODAY, by=jean, now=NOW)
    add_body(fife, used, BodyRole.MEMBER, date(2020, 1, 1), to_on=date(2021, 1, 1), by=jean, now=NOW)
    waiting = add_organisation(OrganisationDetails("b school", SCHOOL), partnership=fife, by=jean, now=NOW)
    gone = add_organisation(OrganisationDetails("C school", SCHOOL), by=jean, now=NOW)
    set_in_use(gone, in_use=False, by=jean, today=TODAY, now=NOW)
    for question, expected in (
        (OrganisationQuestion(), ["Aberlour 100%", "b school", "C school"]),
        (OrganisationQuestion(text="0%"), ["Aberlour 100%"]),
        (OrganisationQuestion(text="sc7"), ["Aberlour 100%"]),
        (OrganisationQuestion(kind=SCHOOL), ["b school", "C school"]),
        (OrganisationQuestion(use=Use.IN_USE), ["Aberlour 100%", "b school"]),
        (OrganisationQuestion(use=Use.WAITING), ["b school"]),
        (OrganisationQuestion(use=Use.NOT_IN_USE, kind=SCHOOL), ["C school"]),
    ):
        with counted_statements() as statements:
            found = list_organisation_rows(question, TODAY)
        assert len(statements) == 1
        assert [one.name for one in found] == expected
        assert count_organisations(question) == len(expected)
    rows = {one.id: one for one in list_organisation_rows(OrganisationQuestion(), TODAY)}
    assert [(one.parts, one.added_by, one.is_waiting) for one in (rows[used.id], rows[waiting.id])] == [
        (1, "", False),
        (0, "Fife", True),
    ]
    assert [one.id for one in list_organisation_rows(OrganisationQuestion(), TODAY, page=2, per_page=2)] == [gone.id]


def test_parts_in_other_partnerships_are_for_those_who_see_these(
    moray: Partnership, fife: Partnership, jean: User
) -> None:
    used = add_organisation(HOME_START, by=jean, now=NOW)
    for place in (moray, fife):
        add_body(place, used, BodyRole.PROVIDER, TODAY, by=jean, now=NOW)
    lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)
    seen = {user.name: [one.slug for one in list_parts(used, viewer_of(user.id, TODAY))] for user in (jean, lead)}
    assert seen == {"Jean Hay": ["fife", "moray"], "Ailsa Grant": ["moray"]}


def test_a_code_that_the_service_gives_is_taken_by_no_other(jean: User) -> None:
    """The organisation of that number could not be added."""
    school = add_organisation(OrganisationDetails("B", SCHOOL, "", "T-1"), by=jean, now=NOW)
    for number in (school.id + 1, 999_999):
        with pytest.raises(RuleBroken, match="are made by this service"):
            change_organisation(school, OrganisationDetails("B", SCHOOL, "", own_code(number)), by=jean, now=NOW)
    assert change_organisation(school, OrganisationDetails("B", SCHOOL, "", own_code(school.id)), by=jean, now=NOW)
    assert add_organisation(OrganisationDetails("C", SCHOOL), by=jean, now=NOW).code == own_code(school.id + 1)


def test_contacts_in_other_partnerships_are_for_those_who_keep_these(
    moray: Partnership, fife: Partnership, jean: User
) -> None:
    used = add_organisation(HOME_START, by=jean, now=NOW)
    for place in (moray, fife):
        name = f"Contact of {place.slug}"
        db.session.add(
            Contact(partnership_id=place.id, name=name, email=f"{place.slug}@x.example.test", organisation=used)
        )
    lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)
    db.session.flush()
    seen = {user.name: [one.name for one in list_contacts_of(used, viewer_of(user.id, TODAY))] for user in (jean, lead)}
    assert seen == {"Jean Hay": [], "Ailsa Grant": ["Contact of moray"]}


def test_what_has_a_role_to_come_stays_in_use(moray: Partnership, jean: User) -> None:
    added = add_organisation(HOME_START, by=jean, now=NOW)
    add_body(moray, added, BodyRole.PROVIDER, TODAY + timedelta(days=1), by=jean, now=NOW)
    with pytest.raises(RuleBroken, match="still has a role in Moray"):
        set_in_use(added, in_use=False, by=jean, today=TODAY, now=NOW)


def test_the_name_of_what_was_merged_means_the_other_one(moray: Partnership, jean: User) -> None:
    kept = add_organisation(HOME_START, by=jean, now=NOW)
    duplicate = add_organisation(OrganisationDetails("Home Start", PROVIDER), by=jean, now=NOW)
    merge_organisations(duplicate, kept, by=jean, now=NOW)
    assert find_by_name("home start", within=None) is find_by_name("home start", within=moray.id) is kept


def test_nothing_is_merged_into_what_waits_to_be_accepted_or_is_not_in_use(moray: Partnership, jean: User) -> None:
    duplicate, accepted = (add_organisation(OrganisationDetails(name, SCHOOL), by=jean, now=NOW) for name in "AB")
    add_organisation(OrganisationDetails("C", SCHOOL), partnership=moray, by=jean, now=NOW)
    gone = add_organisation(OrganisationDetails("D", SCHOOL), by=jean, now=NOW)
    set_in_use(gone, in_use=False, by=jean, today=TODAY, now=NOW)
    assert list(list_to_merge_into(duplicate)) == [accepted]


def test_two_parts_overlap_where_they_have_a_day_in_common(moray: Partnership) -> None:
    board = make_organisation("A board")
    first, last = TODAY, TODAY + timedelta(days=2)
    moray.bodies.append(PartnershipBody(organisation=board, role=BodyRole.MEMBER, from_on=first, to_on=last))
    db.session.flush()
    near = [TODAY + timedelta(days=number) for number in range(-2, 6)]
    for from_on, to_on in product(near, [*near, None]):
        if to_on is None or from_on <= to_on:
            common = any(from_on <= day and (to_on is None or day <= to_on) for day in near if first <= day <= last)
            assert bool(overlapping(moray, board.id, from_on, to_on)) == common, (from_on, to_on)


def test_what_builds_on_the_parts_follows_a_change_of_one_and_not_what_changes_nothing(
    moray: Partnership, jean: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed: list[int] = []
    monkeypatch.setattr(
        "cycle_tracker.organisations.services.parts.FOLLOWERS", [lambda place, by, now: followed.append(place)]
    )
    part = add_body(moray, make_organisation("A board"), BodyRole.PROVIDER, TODAY, by=jean, now=NOW)
    change_body(moray, part, PartDetails(BodyRole.PROVIDER, TODAY), by=jean, now=NOW)
    assert followed == [moray.id]
    change_body(moray, part, PartDetails(BodyRole.LEAD, TODAY), by=jean, now=NOW)
    assert followed == [moray.id] * 2


def test_what_waits_is_renamed_to_no_other_name_that_its_partnership_sees(
    moray: Partnership, fife: Partnership, jean: User
) -> None:
    for name, place in (("Mine", moray), ("Theirs", fife)):
        add_organisation(OrganisationDetails(name, SCHOOL), partnership=place, by=jean, now=NOW)
    added = add_organisation(OrganisationDetails("A school", SCHOOL), partnership=moray, by=jean, now=NOW)
    with pytest.raises(RuleBroken, match="Mine is already in the list"):
        change_organisation(added, OrganisationDetails("mine", SCHOOL), by=jean, now=NOW)
    assert change_organisation(added, OrganisationDetails("Theirs", SCHOOL), by=jean, now=NOW)
