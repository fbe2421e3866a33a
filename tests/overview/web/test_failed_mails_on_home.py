"""A planning lead sees on their home which mails about their partnership did not arrive, and nobody else's."""

from datetime import date, datetime, timedelta
from itertools import count

import pytest
from flask import Flask

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.clock import LONDON
from cycle_tracker.core.extensions import db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.core.roles import Role
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from tests.factories import make_milestone, make_partnership, make_user
from tests.support.visits import give_password, statements, visit_as, whole_page, words

NOW = datetime(2026, 7, 3, 10, 0, tzinfo=LONDON)
_numbers = count(1)

pytestmark = pytest.mark.usefixtures("morning")


def mailed(
    person: User,
    *milestones: Milestone,
    state: MessageState = MessageState.FAILED,
    ended_at: datetime = NOW,
    said: str = "550 5.1.1 No such user",
) -> None:
    number = next(_numbers)
    message = Message(
        identity=f"m-{number}",
        kind=MessageKind.DIGEST,
        recipient=person.email,
        user_id=person.id,
        subject="Moray: what is due",
        message_id=f"<{number}@example.test>",
        rendered_on=NOW.date(),
        state=state,
        queued_at=ended_at,
        ready_at=ended_at,
        ended_at=ended_at,
        trouble=said if state is MessageState.FAILED else "",
    )
    db.session.add(message)
    db.session.flush()
    for milestone in milestones:
        db.session.add(
            Notice(
                milestone=milestone,
                due_on=date(2026, 7, 3),
                step=f"step-{number}",
                addressee=f"user:{person.id}",
                user_id=person.id,
                audience=Audience.OWNER,
                queued_on=NOW.date(),
                queued_at=NOW,
                message=message,
            )
        )
    db.session.flush()


def lead_of(partnership: Partnership) -> str:
    return give_password(make_user("Ailsa Grant", role=Role.LEAD, partnership=partnership))


def home(app: Flask, email: str) -> str:
    return words(whole_page(visit_as(app, email).get("/")))


def test_a_lead_sees_to_whom_when_and_what_the_server_said(app: Flask) -> None:
    with app.app_context():
        moray, fife = make_partnership("moray"), make_partnership("fife")
        rory, other = make_user("Rory Baird", email="rory@example.test"), make_user("Other", email="other@example.test")
        mailed(rory, make_milestone(moray), make_milestone(moray), make_milestone(fife))
        mailed(other, make_milestone(fife))
        email = lead_of(moray)
    said = home(app, email)
    assert "Emails we could not deliver" in said
    assert "rory@example.test 2 milestones 3 July 2026 at 10:00 550 5.1.1 No such user" in said
    assert "other@example.test" not in said


def test_what_is_over_is_not_shown(app: Flask) -> None:
    with app.app_context():
        moray = make_partnership("moray")
        mended, long_ago = make_user("Mended"), make_user("Long ago")
        mailed(mended, make_milestone(moray))
        mailed(mended, make_milestone(moray), state=MessageState.SENT)
        mailed(long_ago, make_milestone(moray), ended_at=NOW - timedelta(days=29))
        email = lead_of(moray)
    assert "Emails we could not deliver" not in home(app, email)


def test_contributors_and_auditors_do_not_see_it(app: Flask) -> None:
    with app.app_context():
        moray = make_partnership("moray")
        mailed(make_user("Rory Baird"), make_milestone(moray))
        contributor = give_password(make_user("Iona Gow", role=Role.CONTRIBUTOR, partnership=moray))
        auditor = give_password(make_user("Una Bell", role=Role.AUDITOR))
    for email in (contributor, auditor):
        assert "Emails we could not deliver" not in home(app, email)


def test_many_cost_no_more_statements_than_one(app: Flask) -> None:
    with app.app_context():
        moray = make_partnership("moray")
        people = [make_user(f"Person {number}") for number in range(14)]
        milestone = make_milestone(moray)
        mailed(people[0], milestone)
        person_ids, milestone_id = [person.id for person in people], milestone.id
        email = lead_of(moray)
    client = visit_as(app, email)
    client.get("/")
    with statements(app) as few:
        client.get("/")
    with app.app_context():
        for person_id in person_ids[1:]:
            mailed(db.session.get_one(User, person_id), db.session.get_one(Milestone, milestone_id))
        db.session.commit()
    with statements(app) as many:
        assert client.get("/").get_data(as_text=True).count("No such user") == 10
    assert len(few) == len(many)
