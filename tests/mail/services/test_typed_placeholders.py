"""What people write is text in every mail, also where it has the form of what the sender fills in.

A title once reached the sender as a placeholder of its own making: it stopped the mail of the whole country, and handed
out a signed link of somebody else.
"""

import re
from datetime import date, time
from itertools import product

import pytest
from sqlalchemy import func, select, update

from cycle_tracker.access.queries.viewers import viewer_of
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.lines import one_line
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.core.placeholders import new_key, placeholder, placeholders_in
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.mail.services.outgoing import enqueue
from cycle_tracker.milestones.services.contacts import ask_contact
from cycle_tracker.models.access import AccessLink, LinkPurpose
from cycle_tracker.models.answer import Answer, AnswerKind
from cycle_tracker.models.contact import Contact
from cycle_tracker.models.delegation import Delegation
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.job_run import AlarmKind
from cycle_tracker.models.message import Message, MessageBody, MessageKind
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.operations.services.alarms import raise_alarm
from cycle_tracker.people.services.account_mails import (
    ask_for_new_password,
    ask_for_sign_in_link,
    notify_of_change,
    notify_of_standing_in,
)
from cycle_tracker.people.services.invitations import invite
from cycle_tracker.reminders.services.sending import send_ready_messages
from tests.factories import make_governance_group, make_milestone, make_organisation, make_partnership, make_user
from tests.support.days import Days, moment, ticking
from tests.support.smtp_sink import Mail

DAY, NEXT_DAY = date(2026, 5, 14), date(2026, 5, 15)
LONG_PAST = date(2026, 1, 12)
FORMS = 40
"""Dates of the owner, each titled with one form of a placeholder."""


@pytest.fixture
def owner(days: Days) -> User:
    """Owns many dates of Moray that fall due; beside them a date with its group, a contact who answered, and a lead of
    Fife with a date of her own."""
    moray, fife = make_partnership("moray"), make_partnership("fife")
    owner = make_user("Rory Baird", email="owner@example.test", role=Role.CONTRIBUTOR, partnership=moray)
    lead = make_user("Ailsa Grant", email="lead@example.test", role=Role.LEAD, partnership=moray)
    make_governance_group(moray, "Cath")
    for _ in range(FORMS):
        make_milestone(moray, due_on=DAY, owner=owner)
    asked = make_milestone(moray, title="Consult", kind=Kind.CONSULTATION, due_on=LONG_PAST, owner=lead)
    make_milestone(fife, due_on=DAY, owner=make_user("Fiona", role=Role.LEAD, partnership=fife))
    contact = Contact(partnership_id=moray.id, name="Kirsty", email="kirsty@example.test")
    contact.organisation = make_organisation("Youth forum")
    db.session.add(contact)
    db.session.flush()
    ask_contact(asked, contact, by=lead, now=moment(LONG_PAST))
    answer = Answer(milestone_id=asked.id, kind=AnswerKind.ON_TRACK, contact_id=contact.id, text="Well")
    answer.answered_at = moment(LONG_PAST)
    db.session.add(answer)
    db.session.commit()
    return owner


def forms(user_id: int) -> list[str]:
    """Every form of a placeholder: with what pages show of mails, with the very key of what waits, and with none; for
    what is the reader's own, for what is somebody else's, and for what is nobody's."""
    own = select(Message).where(Message.user_id == user_id).order_by(Message.id.desc()).limit(1)
    message = db.session.scalars(own).one()
    stranger = db.session.scalars(select(User.id).where(User.name == "Fiona")).one()
    key = db.session.scalars(select(MessageBody.key).where(MessageBody.message_id == message.id)).one()
    other = db.session.scalars(select(Message.identity).where(Message.user_id == stranger)).one()
    numbers = {
        name: db.session.scalars(select(Notice.id).where(Notice.user_id == of).limit(1)).one()
        for name, of in (("own", user_id), ("foreign", stranger))
    }
    whats = ["link", *(f"answer-{number}" for number in (*numbers.values(), 999_999_999, 9_999_999_999))]
    whats += [f"stop-user-{user_id}", f"stop-user-{stranger}", "stop-contact-1"]
    keys = [message.identity, key, other, "0" * 32, ""]
    made = [placeholder(key, what) for key, what in product(keys, whats)]
    assert len(made) == FORMS
    return made


def write_everywhere(traps: list[str]) -> None:
    """Into every text that a digest shows, past all forms: each title has one of them, the other texts have two."""
    titled = select(Milestone.id).where(Milestone.due_on == DAY).order_by(Milestone.id)
    for number, milestone_id in enumerate(db.session.scalars(titled).all()):
        db.session.execute(
            update(Milestone).where(Milestone.id == milestone_id).values(title=traps[number % len(traps)])
        )
    for number, column in enumerate(
        (
            Milestone.duty_citation,
            Milestone.date_citation,
            Partnership.name,
            User.name,
            Contact.name,
            Organisation.name,
            Answer.text,
            Escalation.raised_why,
        )
    ):
        # names have room for two
        two = " ".join(traps[(number * 2 + step) % len(traps)] for step in (1, 2))[:120]
        db.session.execute(update(column.class_).values({column: two}))
    db.session.commit()


def words_of(mail: Mail, kind: str) -> str:
    part = mail.message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def ensure_nothing_was_handed_out(mails: list[Mail]) -> None:
    """No signature but the reader's own, no token but of a notice of the same mail."""
    for mail in mails:
        found = select(Message).where(Message.message_id == str(mail.message["Message-ID"]))
        message = db.session.scalars(found).one()
        own = f"user-{message.user_id}" if message.user_id else f"contact-{message.contact_id}"
        whole = mail.raw.replace(b"=\r\n", b"").decode()
        assert set(re.findall(r"/[\w-]{43}\.((?:user|contact)-[0-9]+)", whole)) <= {own}
        theirs = select(Notice.id).where(Notice.message_id == message.id)
        minted = set(db.session.scalars(select(AccessLink.notice_id).where(AccessLink.message_id == message.id)))
        assert minted <= set(db.session.scalars(theirs))
    assert not db.session.scalar(select(func.count()).where(AccessLink.purpose != LinkPurpose.ANSWER))


@pytest.mark.parametrize("fate", ["rendered again the same day", "rendered again the next day", "tried again"])
def test_a_digest_shows_as_text_what_has_the_form_of_a_placeholder(days: Days, owner: User, fate: str) -> None:
    owner_id, address = owner.id, owner.email
    days.queue(DAY)
    if fate == "tried again":
        days.sink.faults.refuse_at_rcpt = dict.fromkeys(
            db.session.scalars(select(Message.recipient)), "451 4.3.0 Later"
        )
        days.send(DAY)
        days.sink.faults.refuse_at_rcpt = {}
    traps = forms(owner_id)
    write_everywhere(traps)
    if fate == "rendered again the same day":
        # one of what the mail tells is over, so the sender writes it anew
        first = select(func.min(Milestone.id)).where(Milestone.due_on == DAY).scalar_subquery()
        db.session.execute(update(Milestone).where(Milestone.id == first).values(state=State.DONE))
        db.session.commit()
    day, at = (DAY, time(12)) if fate == "rendered again the same day" else (NEXT_DAY, time(7))
    mails = sent_on(days, day, at)
    ensure_nothing_was_handed_out(mails)
    assert set(db.session.scalars(select(Message.state))) <= {MessageState.SENT, MessageState.WITHDRAWN}
    [digest] = [mail for mail in mails if mail.recipients == (address,)]
    shown = {kind: words_of(digest, kind) for kind in ("plain", "html")}
    for trap in traps[1 if fate == "rendered again the same day" else 0 :]:
        assert trap in shown["plain"]
        assert trap in shown["html"]


def sent_on(days: Days, day: date, at: time) -> list[Mail]:
    days.sink.accepted.clear()
    sent = send_ready_messages(day, ticking(moment(day, at)))
    assert (sent.failed, sent.refused, sent.retried) == (0, 0, 0)
    assert sent.sent == len(days.sink.accepted) > 1
    db.session.expire_all()
    return list(days.sink.accepted)


def test_a_mail_fills_only_what_is_its_own_even_under_its_own_key(days: Days, owner: User) -> None:
    """As if somebody had read the key in the database: what is not the mail's own stays text and keeps nothing back."""
    owner_id, address = owner.id, owner.email
    days.queue(DAY)
    foreign = [trap for trap in forms(owner_id)[8:16] if f"-{owner_id}-" not in trap]
    message_id = db.session.scalars(select(Message.id).where(Message.recipient == address)).one()
    body = db.session.get_one(MessageBody, message_id)
    own = placeholders_in(body.content, body.key)
    body.content = body.content + "".join(f"{trap}\r\n" for trap in foreign).encode()
    db.session.commit()
    mails = sent_on(days, DAY, time(8))
    ensure_nothing_was_handed_out(mails)
    [digest] = [mail for mail in mails if mail.recipients == (address,)]
    left = [trap for trap in foreign if trap.encode() in digest.raw]
    assert len(left) == len([trap for trap in foreign if not any(f"-{what}-here" in trap for what in own)]) >= 4


def test_every_other_mail_shows_it_as_text_too(days: Days) -> None:
    """About an account, requests, published documents, alarms: nothing is minted but the links that they carry."""
    trap = f"{placeholder('0' * 32, 'link')} {placeholder(new_key(), 'stop-user-1')}"
    now = moment(DAY)
    moray = make_partnership("moray", name=trap)
    lead = make_user(trap, email="lead@example.test", role=Role.LEAD, partnership=moray)
    make_user(trap, email="admin@example.test", role=Role.ADMINISTRATOR)
    other = make_user(trap, email="other@example.test", role=Role.CONTRIBUTOR, partnership=moray)
    standing_in = Delegation(user=lead, deputy=other, set_by=other, from_on=DAY, to_on=NEXT_DAY, set_at=now)
    db.session.add(standing_in)
    db.session.flush()
    ask_for_new_password(lead.email, now=now)
    ask_for_sign_in_link(other.email, now=now)
    notify_of_change(lead, trap, now=now)
    notify_of_standing_in(other, trap, standing_in, now=now)
    invite(
        "new@example.test",
        trap,
        role=Role.CONTRIBUTOR,
        scope=Scope.PARTNERSHIP,
        partnership=moray,
        by=lead,
        viewer=viewer_of(lead.id, DAY),
        now=now,
    )
    raise_alarm(AlarmKind.SENDER_FAILING, trap, now)
    for template, kind in (
        ("requests/mail/update_request", MessageKind.UPDATE_REQUEST),
        ("documents/mail/document_published", MessageKind.DOCUMENT_PUBLISHED),
        ("documents/mail/copy_not_sent", MessageKind.COPY_NOT_SENT),
        ("documents/mail/on_behalf", MessageKind.ON_BEHALF),
        ("documents/mail/dispute", MessageKind.ON_BEHALF),
        ("governance/mail/decision_recorded", MessageKind.GROUP),
        ("governance/mail/decision_disputed", MessageKind.GROUP),
        ("governance/mail/agenda", MessageKind.GROUP),
    ):
        enqueue(
            Message(identity=new_key(), kind=kind, recipient=f"{template}@example.test", rendered_on=DAY),
            template=template,
            now=now,
            title=trap,
            partnership=trap,
            text=trap,
            published_on=trap,
            addresses=[trap],
            receiver=trap,
            mailbox=trap,
            answer=trap,
            about=trap,
            what=trap,
            who=trap,
            lines=[trap],
            reason=trap,
            words=trap,
            due_on=trap,
            more=0,
            held_on=trap,
            papers_on=trap,
            is_over=False,
            items=[{"title": trap, "link": "http://127.0.0.1:5000/"}],
            page="http://127.0.0.1:5000/",
            link="http://127.0.0.1:5000/",
        )
    db.session.commit()
    mails = sent_on(days, DAY, time(7, 30))
    kinds = set(db.session.scalars(select(Message.kind).where(Message.state == MessageState.SENT)))
    assert kinds == set(MessageKind) - {MessageKind.DIGEST}
    for mail in mails:
        assert one_line(trap) in one_line(words_of(mail, "plain"))
        assert not re.search(rb"[\w-]{43}\.(?:user|contact)-", mail.raw)
    assert db.session.scalar(select(func.count(AccessLink.id))) == 3
