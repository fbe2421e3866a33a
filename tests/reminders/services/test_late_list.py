"""What a digest lists as late beside its notices: all of it, once, and only what is true when it is sent."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from cycle_tracker.core.calendar import DAY
from cycle_tracker.core.deadlines import DueState, due_state
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.milestones.services.milestones import finish_milestone
from cycle_tracker.models.contact import Contact
from cycle_tracker.models.date_change import DateChange, DateChangeKind
from cycle_tracker.models.delegation import Delegation
from cycle_tracker.models.message import Message, MessageLine
from cycle_tracker.models.milestone import Milestone, predecessors
from cycle_tracker.models.partnership import BodyRole, Partnership, PartnershipBody
from cycle_tracker.models.user import RoleGrant, User
from cycle_tracker.reminders.queries.late_lines import late_lists
from cycle_tracker.reminders.services.digests import gather_waiting_notices
from cycle_tracker.reminders.services.freshness import withdraw_or_rerender_stale
from cycle_tracker.reminders.services.notices import keep_silent
from cycle_tracker.reminders.services.reminders import queue_due_notices
from cycle_tracker.reminders.services.sending import send_ready_messages
from tests.factories import grant_role, make_cycle, make_milestone, make_organisation, make_partnership, make_user
from tests.support.days import TEN, Days, again, moment, ticking
from tests.support.mailed_links import text_of
from tests.support.pages import counted_statements

TODAY = date(2026, 6, 16)
LISTED = "ALSO OVERDUE"


@pytest.fixture
def moray(days: Days) -> Partnership:
    return make_partnership("moray")


@pytest.fixture
def lead(moray: Partnership) -> User:
    return make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)


@pytest.fixture
def owner(moray: Partnership) -> User:
    return make_user("Rory Baird", role=Role.CONTRIBUTOR, partnership=moray)


def late(partnership: Partnership | None, owner: User | None, title: str, ago: int = 30, **fields: Any) -> int:
    """Something late of which nobody is to be told today."""
    fields = {"due_on": TODAY - timedelta(days=ago), **fields}
    made = make_milestone(partnership, title=title, owner=owner, **fields)
    made.next_notice_on = None
    db.session.flush()
    return made.id


def due_today(partnership: Partnership, owner: User | None, title: str = "Due today") -> int:
    made = make_milestone(partnership, title=title, due_on=TODAY, owner=owner)
    db.session.commit()
    return made.id


def come_before(first: int, second: int) -> None:
    db.session.execute(insert(predecessors).values(predecessor_id=first, milestone_id=second))
    db.session.commit()


def finish(numbers: Sequence[int]) -> None:
    by = db.session.scalars(select(User).order_by(User.id).limit(1)).one()
    for number in numbers:
        step = db.session.get_one(Milestone, number)
        finish_milestone(step, TODAY, by=by, today=TODAY, now=moment(TODAY))
    db.session.commit()


def sent(days: Days, day: date = TODAY) -> dict[str, str]:
    """The text of each mail that goes out now, by whom it is to."""
    send_ready_messages(day, ticking(moment(day, TEN)))
    people: list[User | Contact] = [*db.session.scalars(select(User)), *db.session.scalars(select(Contact))]
    names = {one.email: one.name for one in people}
    found = {}
    for mail in days.sink.accepted:
        (address,) = mail.recipients
        words, html = text_of(mail).replace("\r\n", "\n"), text_of(mail, "html")
        assert (LISTED in words) == ("Also overdue" in html)
        assert [title for title in listed(words) if title not in html] == []
        found[names[address]] = words
    days.sink.accepted.clear()
    return found


def listed(words: str) -> list[str]:
    """The titles in the list of a mail, in its order."""
    _, is_there, rest = words.partition(LISTED)
    lines = rest.splitlines() if is_there else []
    return [title for title, state in zip(lines, lines[1:], strict=False) if ". Overdue by " in state]


def lines() -> int:
    return len(db.session.scalars(select(MessageLine)).all())


def test_a_digest_lists_all_else_of_its_readers_that_is_late(days: Days, moray: Partnership, owner: User) -> None:
    for title, ago in (("B", 40), ("A", 300), ("C", 2)):
        late(moray, owner, title, ago)
    due_today(moray, owner)
    days.queue(TODAY)
    words = sent(days)["Rory Baird"]
    assert listed(words) == ["A", "B", "C"]
    assert (
        "A\nMoray. Overdue by 300 days (local date 20 August 2025).\nhttp://127.0.0.1:5000/partnerships/moray" in words
    )
    assert words.index("Due today") < words.index(LISTED) < words.index("See all your work")


def test_what_the_digest_tells_of_is_not_listed_again(days: Days, moray: Partnership, owner: User) -> None:
    make_milestone(moray, title="Overdue since yesterday", due_on=TODAY - DAY, owner=owner)
    due_today(moray, owner)
    days.queue(TODAY)
    words = sent(days)["Rory Baird"]
    assert LISTED not in words
    assert words.count("Overdue since yesterday\n") == 1


def test_the_list_says_that_officials_cannot_see_an_explanation(days: Days, moray: Partnership, owner: User) -> None:
    """The report of which is shared is told without it, though the same date was agreed."""
    for title, shared in (("Shared", True), ("Not shared", False)):
        number = late(moray, owner, title, kind=Kind.ANNUAL_REPORT, expected_date=True)
        on = db.session.get_one(Milestone, number).due_on
        agreed = {"kind": DateChangeKind.EXPECTED, "new_due_on": on, "reason": "Late.", "noted_at": moment(TODAY)}
        db.session.add(DateChange(milestone_id=number, shared=shared, **agreed))
    due_today(moray, owner)
    days.queue(TODAY)
    words = sent(days)["Rory Baird"]
    assert listed(words) == ["Shared", "Not shared"]
    found = words.partition(LISTED)[2]
    assert found.count("Officials cannot see the explanation.") == 1
    assert "Officials cannot see" in found.partition("Not shared\n")[2].splitlines()[0]


def test_only_what_is_late_and_the_readers_is_listed(days: Days, moray: Partnership, owner: User, lead: User) -> None:
    fife, angus = make_partnership("fife"), make_partnership("angus", notify_from=None)
    late(moray, owner, "Theirs")
    late(moray, lead, "Of another")
    late(fife, owner, "Where they have no role")
    late(angus, owner, "Not joined")
    late(moray, owner, "Done", state=State.DONE)
    late(moray, owner, "Before the service", due_on=date(2017, 1, 1))
    make_milestone(moray, title="Still to come", due_on=TODAY + DAY * 90, owner=owner)
    make_milestone(moray, title="Without a date", due_on=None, owner=owner)
    due_today(moray, owner)
    days.queue(TODAY)
    assert listed(sent(days)["Rory Baird"]) == ["Theirs"]


def test_the_list_has_what_the_one_rule_of_overdue_says(days: Days, moray: Partnership, owner: User) -> None:
    expected = []
    dates = (None, *(TODAY + DAY * number for number in (-40, -31, -30, -29, -1, 0, 1)))
    for number, notify_from in enumerate((None, TODAY - DAY * 30, TODAY + DAY)):
        place = make_partnership(f"place-{number}", notify_from=notify_from)
        grant_role(owner, Role.CONTRIBUTOR, place)
        for state, due_on in product(State, dates):
            title = f"{number} {state.value} {due_on}"
            late(place, owner, title, due_on=due_on, state=state)
            if due_state(due_on, state, None, TODAY, notify_from=notify_from) is DueState.OVERDUE:
                expected.append(title)
    due_today(moray, owner)
    days.queue(TODAY)
    assert sorted(listed(sent(days)["Rory Baird"])) == sorted(expected)
    assert expected


def test_a_lead_has_what_nobody_owns_who_may_be_told(days: Days, moray: Partnership, lead: User, owner: User) -> None:
    council = make_organisation("Moray Council")
    body = PartnershipBody(
        partnership_id=moray.id, organisation_id=council.id, role=BodyRole.LEAD, from_on=date(2017, 4, 1)
    )
    by_council = make_user("Iona Mair")
    grant = RoleGrant(user_id=by_council.id, role=Role.LEAD, scope=Scope.ORGANISATION, organisation_id=council.id)
    db.session.add_all([body, grant])
    db.session.add(RoleGrant(user_id=lead.id, role=Role.LEAD, scope=Scope.ORGANISATION, organisation_id=council.id))
    gone = make_user("Gone", role=Role.CONTRIBUTOR, partnership=moray, active=False)
    late(moray, None, "Of nobody")
    late(moray, gone, "Of somebody who left", 29)
    late(moray, make_user("Stranger"), "Of somebody without a role", 28)
    late(moray, owner, "Of another", 27)
    for person in (lead, by_council, owner):
        due_today(moray, person, f"Due today for {person.name}")
    days.queue(TODAY)
    found = sent(days)
    expected = ["Of nobody", "Of somebody who left", "Of somebody without a role"]
    assert listed(found["Ailsa Grant"]) == listed(found["Iona Mair"]) == expected
    assert listed(found["Rory Baird"]) == ["Of another"]


def test_fifty_are_listed_and_then_how_many_more(days: Days, moray: Partnership, owner: User) -> None:
    for number in range(53):
        late(moray, owner, f"Late {number:02d}", 100 - number)
    due_today(moray, owner)
    days.queue(TODAY)
    words = sent(days)["Rory Baird"]
    assert listed(words) == [f"Late {number:02d}" for number in range(50)]
    assert "And 3 more that are overdue." in words
    assert lines() == 50


def test_fifty_of_which_twenty_became_untrue_say_only_what_is_true(
    days: Days, moray: Partnership, owner: User, lead: User
) -> None:
    """By every way: done, another date, another owner, no longer to be seen. Over a real SMTP server."""
    fife = make_partnership("fife")
    grant = grant_role(owner, Role.CONTRIBUTOR, fife)
    numbers = [
        late(fife if number % 10 == 3 else moray, owner, f"Late {number:02d}", 100 - number) for number in range(50)
    ]
    due_today(moray, owner)
    days.queue(TODAY)
    message = db.session.scalars(select(Message)).one()
    message_id, number = message.message_id, message.id
    finish([numbers[one] for one in range(0, 50, 10)])
    for one in range(1, 50, 10):
        db.session.get_one(Milestone, numbers[one]).due_on = TODAY + DAY * 30
    for one in range(2, 50, 10):
        db.session.get_one(Milestone, numbers[one]).owner_id = again(lead).id
    db.session.delete(again(grant))
    db.session.commit()
    send_ready_messages(TODAY, ticking(moment(TODAY, TEN)))
    (mail,) = days.sink.accepted
    assert mail.message["Message-ID"] == message_id
    left = [f"Late {one:02d}" for one in range(50) if one % 10 > 3]
    for form in ("plain", "html"):
        words = text_of(mail, form)
        assert [f"Late {one:02d}" for one in range(50) if f"Late {one:02d}" in words] == left
        assert "Due today" in words
    kept = db.session.scalars(select(MessageLine.milestone_id).where(MessageLine.message_id == number)).all()
    assert len(kept) == len(left) == 30


@pytest.mark.parametrize("change", ["owner", "date", "done"])
def test_a_line_that_became_untrue_has_its_mail_written_again(
    days: Days, moray: Partnership, owner: User, lead: User, change: str
) -> None:
    step = late(moray, owner, "Late")
    late(moray, owner, "Late too", 20)
    due_today(moray, owner)
    days.queue(TODAY)
    if change == "done":
        finish([step])
    else:
        found = db.session.get_one(Milestone, step)
        found.owner_id = again(lead).id if change == "owner" else found.owner_id
        found.due_on = TODAY - DAY if change == "date" else found.due_on
        db.session.commit()
    expected = {"owner": ["Late too"], "date": ["Late too", "Late"], "done": ["Late too"]}
    assert listed(sent(days)["Rory Baird"]) == expected[change]


def test_a_line_that_may_not_be_seen_any_more_has_its_mail_written_again(
    days: Days, moray: Partnership, owner: User
) -> None:
    fife = make_partnership("fife")
    grant = grant_role(owner, Role.CONTRIBUTOR, fife)
    late(fife, owner, "In Fife")
    late(moray, owner, "In Moray")
    due_today(moray, owner)
    days.queue(TODAY)
    assert lines() == 2
    db.session.delete(again(grant))
    db.session.commit()
    assert listed(sent(days)["Rory Baird"]) == ["In Moray"]


def test_no_mail_goes_for_its_list_alone(days: Days, moray: Partnership, owner: User) -> None:
    late(moray, owner, "Late")
    db.session.commit()
    days.run(TODAY)  # a list day, on which nothing waits
    step = due_today(moray, owner)
    days.queue(TODAY)
    assert lines() == 1
    finish([step])
    assert sent(days) == {}
    assert db.session.scalars(select(Message)).one().state.value == "withdrawn"
    assert lines() == 0


def test_a_sender_that_slept_leaves_the_record_of_what_another_has_sent(
    days: Days, moray: Partnership, owner: User
) -> None:
    step = late(moray, owner, "Late")
    due_today(moray, owner)
    days.run(TODAY)
    finish([step])
    number = db.session.scalars(select(Message.id)).one()
    assert withdraw_or_rerender_stale([number], TODAY, moment(TODAY, TEN)) == set()
    assert db.session.scalars(select(MessageLine.milestone_id)).all() == [step]


def test_a_mail_that_waited_over_a_night_lists_what_is_late_when_it_is_sent(
    days: Days, moray: Partnership, owner: User
) -> None:
    late(moray, owner, "Late", 30)
    due_today(moray, owner)
    make_milestone(moray, title="Due today too", due_on=TODAY, owner=owner).next_notice_on = None
    db.session.commit()
    days.queue(TODAY)
    words = sent(days, TODAY + DAY)["Rory Baird"]
    assert listed(words) == ["Late", "Due today too"]
    assert "Overdue by 31 days" in words


def test_whoever_stands_in_has_the_list_of_the_person_who_is_away_as_far_as_they_may_see(
    days: Days, moray: Partnership, owner: User
) -> None:
    fife = make_partnership("fife")
    grant_role(owner, Role.CONTRIBUTOR, fife)
    deputy = make_user("Isla Ross", role=Role.CONTRIBUTOR, partnership=moray)
    away = Delegation(
        user_id=owner.id,
        deputy_id=deputy.id,
        from_on=TODAY - DAY,
        to_on=TODAY + DAY,
        set_by_id=owner.id,
        set_at=moment(TODAY),
    )
    db.session.add(away)
    late(moray, owner, "In Moray")
    late(fife, owner, "In Fife")
    due_today(moray, owner)
    days.queue(TODAY)
    found = sent(days)
    assert list(found) == ["Isla Ross"]
    assert listed(found["Isla Ross"]) == ["In Moray"]


def test_a_contact_gets_no_list(days: Days, moray: Partnership, owner: User) -> None:
    contact = Contact(partnership_id=moray.id, name="Kirsty Bain", email="kirsty@school.test")
    db.session.add(contact)
    contact.milestones.append(make_milestone(moray, kind=Kind.CONSULTATION, due_on=TODAY, owner=owner))
    contact.milestones.append(make_milestone(moray, kind=Kind.CONSULTATION, due_on=TODAY - DAY * 30, owner=owner))
    contact.milestones[1].next_notice_on = None
    db.session.commit()
    days.queue(TODAY)
    found = sent(days)
    assert LISTED in found["Rory Baird"]
    assert LISTED not in found["Kirsty Bain"]


def test_lists_are_read_and_looked_through_in_as_many_statements_for_many_as_for_few(
    days: Days, moray: Partnership
) -> None:
    def asked(people: int, day: date) -> tuple[int, int]:
        for number in range(people):
            person = make_user(f"Person {number}", role=Role.CONTRIBUTOR, partnership=again(moray))
            made = [make_milestone(again(moray), due_on=day - DAY * 30, owner=person) for _ in range(people)]
            for one in made:
                one.next_notice_on = None
            make_milestone(again(moray), due_on=day, owner=person)
        db.session.commit()
        queue_due_notices(day, moment(day))
        with counted_statements() as gathering:
            gather_waiting_notices(day, moment(day))
        newest = select(func.max(MessageLine.milestone_id))
        db.session.get_one(Milestone, db.session.scalar(newest)).due_on = day - DAY
        db.session.commit()
        messages = db.session.scalars(select(Message.id).where(Message.rendered_on == day)).all()
        with counted_statements() as looking:
            withdraw_or_rerender_stale(messages, day, moment(day))
        days.send(day)
        return len([each for each in gathering if not each.startswith("INSERT INTO messages ")]), len(looking)

    assert asked(2, TODAY) == asked(12, TODAY + DAY)


def test_what_waits_for_another_is_not_listed_until_that_is_done(days: Days, moray: Partnership, owner: User) -> None:
    first, second = late(moray, owner, "First", 40), late(moray, owner, "Waits for it", 30)
    come_before(first, second)
    due_today(moray, owner)
    owner_id = owner.id
    days.queue(TODAY)
    assert listed(sent(days)["Rory Baird"]) == ["First"]
    finish([first])
    assert late_lists({owner_id: {owner_id}}, [], TODAY)[owner_id].lines[0].title == "Waits for it"


def test_a_line_that_waits_for_another_by_now_has_its_mail_written_again(
    days: Days, moray: Partnership, owner: User
) -> None:
    first, second = late(moray, owner, "First", 40), late(moray, owner, "Waits for it", 30)
    due_today(moray, owner)
    days.queue(TODAY)
    assert lines() == 2
    come_before(first, second)
    db.session.commit()
    assert listed(sent(days)["Rory Baird"]) == ["First"]


def test_what_is_silent_because_it_was_past_its_date_when_it_was_made_is_not_listed(
    days: Days, moray: Partnership, owner: User
) -> None:
    cycle = make_cycle(moray, opened_on=None)
    numbers = [late(moray, owner, title, kind=Kind.PLAN, cycle_id=cycle.id) for title in ("Silent", "Late")]
    keep_silent([db.session.get_one(Milestone, numbers[0])], TODAY - DAY, moment(TODAY - DAY))
    due_today(moray, owner)
    days.queue(TODAY)
    assert listed(sent(days)["Rory Baird"]) == ["Late"]
