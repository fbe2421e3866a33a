"""What officials record for a partnership: its leads are notified once, and a dispute is answered."""

from datetime import date, timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import delete, select, update

from cycle_tracker.access.queries.viewers import viewer_of
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import OnBehalf
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.queries.on_behalf.acts import disputed_acts, list_acts
from cycle_tracker.documents.queries.on_behalf.waiting import is_any_to_notify
from cycle_tracker.documents.services.beside_plan.notes import NoticeDetails, record_disagreement, undo_disagreement
from cycle_tracker.documents.services.beside_plan.own_starts import propose_own_start, undo_own_start
from cycle_tracker.documents.services.on_behalf.acts import dispute_act, note_act, settle_dispute
from cycle_tracker.documents.services.on_behalf.mails import LISTED_AT_MOST, notify_of_acts
from cycle_tracker.documents.services.publication_corrections import undo_publication
from cycle_tracker.documents.services.receipts import ReceivedDocument, record_received_document, undo_receipt
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.message import Message, MessageBody, MessageKind
from cycle_tracker.models.officials import ActOnBehalf
from cycle_tracker.models.publication import PublicationCopy
from cycle_tracker.models.user import RoleGrant, User
from cycle_tracker.reminders.services.freshness import withdraw_or_rerender_stale
from scheduler.jobs import queue_notices
from tests.documents.services.moray import ADDRESS, NOW, PUBLISHED, TODAY, Moray
from tests.factories import grant_role, make_milestone, make_partnership, make_user
from tests.support.pages import counted_statements

pytestmark = pytest.mark.alike_on_both_databases


@pytest.fixture
def official(moray: Moray) -> User:
    return make_user("Fiona Shaw", role=Role.OFFICIAL)


def receive(moray: Moray, official: User, **known: object) -> None:
    details = {"received_on": TODAY, "published_on": PUBLISHED, "address": ADDRESS, **known}
    record_received_document(moray.plan, ReceivedDocument(**details), by=official, today=TODAY, now=NOW)  # type: ignore[arg-type]
    db.session.commit()


def acts() -> list[OnBehalf]:
    return list(db.session.scalars(select(ActOnBehalf.what).order_by(ActOnBehalf.id)))


def the_act() -> ActOnBehalf:
    return db.session.scalars(select(ActOnBehalf)).one()


def mails() -> list[tuple[str, str]]:
    return [(one.recipient, one.subject) for one in db.session.scalars(select(Message).order_by(Message.id))]


def test_an_act_is_noted_for_each_kind_of_record_and_not_for_what_the_partnership_recorded(
    moray: Moray, official: User
) -> None:
    receive(moray, official)
    assert acts() == [OnBehalf.PUBLISHED]
    given = {"by": official, "now": NOW}
    propose_own_start(moray.plan, date(2026, 7, 1), "A law.", on_behalf=True, **given)  # type: ignore[arg-type]
    (body, *_) = moray.record.receivers
    for on_behalf in (True, False):
        record_disagreement(moray.plan, body, NoticeDetails(), on_behalf=on_behalf, today=TODAY, **given)  # type: ignore[arg-type]
    assert acts() == [OnBehalf.PUBLISHED, OnBehalf.OWN_START, OnBehalf.DISAGREEMENT]


def test_a_copy_that_an_official_recorded_of_what_the_lead_published_is_an_act_and_its_receipt_alone_is_none(
    moray: Moray, official: User
) -> None:
    moray.publish()
    receive(moray, official, address="", published_on=None)
    assert acts() == [OnBehalf.SENT]
    db.session.delete(the_act())
    copy = moray.publication.copies[0]
    copy.received_on = copy.received_recorded_by_id = None
    receive(moray, official, address="", published_on=None)
    assert acts() == []


def test_a_plan_that_an_official_received_before_it_was_published_is_an_act(moray: Moray, official: User) -> None:
    receive(moray, official, address="", published_on=None, not_published=True)
    assert acts() == [OnBehalf.SENT]


def test_every_lead_gets_one_email_of_all_that_was_recorded_and_no_second(moray: Moray, official: User) -> None:
    other = make_user("Iain Bell", role=Role.LEAD, partnership=moray.partnership)
    receive(moray, official)
    note_act(moray.plan, OnBehalf.DISAGREEMENT, by=official, now=NOW)
    note_act(moray.find("annual-report-1"), OnBehalf.HISTORY, by=official, now=NOW)
    db.session.commit()
    assert notify_of_acts(NOW) == 2
    assert notify_of_acts(NOW) == 0
    wanted = "Recorded on your behalf, Moray: 2 plans and reports"
    assert sorted(mails()) == sorted([(moray.lead.email, wanted), (other.email, wanted)])
    assert not is_any_to_notify()


def test_where_there_is_no_lead_it_waits_for_one(moray: Moray, official: User) -> None:
    moray.lead.active = False
    receive(moray, official)
    assert notify_of_acts(NOW) == 0
    assert is_any_to_notify()
    make_user("Iain Bell", role=Role.LEAD, partnership=moray.partnership)
    assert notify_of_acts(NOW) == 1


def test_the_job_of_the_morning_writes_it_on_a_working_day_alone(moray: Moray, official: User) -> None:
    receive(moray, official)
    assert "acts_on_behalf" not in queue_notices(date(2026, 5, 23)).counts, "a Saturday"
    assert queue_notices(date(2026, 5, 26)).counts["acts_on_behalf"] == 1
    assert queue_notices(date(2026, 5, 27)).counts["acts_on_behalf"] == 0


def test_of_many_documents_the_email_lists_fifty_and_says_how_many_more(moray: Moray, official: User) -> None:
    for number in range(LISTED_AT_MOST + 3):
        one = make_milestone(moray.partnership, key=f"old-{number}", title=f"Report {number}")
        note_act(one, OnBehalf.HISTORY, by=official, now=NOW)
    db.session.commit()
    with counted_statements() as statements:
        notify_of_acts(NOW)
    assert len(statements) < 15
    (message,) = db.session.scalars(select(Message))
    assert message.subject == "Recorded on your behalf, Moray: 53 plans and reports"
    body = db.session.get_one(MessageBody, message.id)
    written = message_from_bytes(body.content, policy=policy.default).get_body(("plain",))
    assert written is not None
    assert "and 3 more." in written.get_content()


def test_a_dispute_reaches_the_official_and_its_answer_the_lead(moray: Moray, official: User) -> None:
    receive(moray, official)
    dispute_act(moray.plan, the_act(), " It was another plan.\n\nOurs is not out. ", by=moray.lead, now=NOW)
    viewer = viewer_of(official.id, TODAY)
    (row,) = disputed_acts(viewer).rows()
    assert (row.partnership, row.disputed_by, row.dispute) == (
        "Moray",
        "Ailsa Grant",
        "It was another plan.\n\nOurs is not out.",
    )
    settle_dispute(moray.plan, the_act(), "You are right. I undid it.", by=official, now=NOW)
    assert disputed_acts(viewer).rows() == []
    title = "Children’s Services Plan 2026–29"
    assert mails()[-2:] == [
        (official.email, f"Disputed, Moray: {title}"),
        (moray.lead.email, f"Dispute answered, Moray: {title}"),
    ]
    actions = db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id.desc()).limit(2)).all()
    assert actions == ["dispute-settled", "record-disputed"]


def test_a_dispute_needs_words_is_made_once_and_answered_once(moray: Moray, official: User) -> None:
    receive(moray, official)
    act, given = the_act(), {"by": moray.lead, "now": NOW}
    with pytest.raises(RuleBroken, match="No dispute is open"):
        settle_dispute(moray.plan, act, "Nothing.", **given)  # type: ignore[arg-type]
    for words in ("", "  \n"):
        with pytest.raises(RuleBroken, match="Enter what is not right"):
            dispute_act(moray.plan, act, words, **given)  # type: ignore[arg-type]
    dispute_act(moray.plan, act, "No.", **given)  # type: ignore[arg-type]
    with pytest.raises(RuleBroken, match="disputed already"):
        dispute_act(moray.plan, act, "No.", **given)  # type: ignore[arg-type]
    with pytest.raises(RuleBroken, match="Enter what was corrected"):
        settle_dispute(moray.plan, act, " ", **given)  # type: ignore[arg-type]
    settle_dispute(moray.plan, act, "Yes.", **given)  # type: ignore[arg-type]
    with pytest.raises(RuleBroken, match="No dispute is open"):
        settle_dispute(moray.plan, act, "Yes.", **given)  # type: ignore[arg-type]


def test_who_has_left_is_not_written_to_and_the_dispute_stays_on_the_home_page_of_the_others(
    moray: Moray, official: User
) -> None:
    receive(moray, official)
    official.active = False
    before = len(mails())
    dispute_act(moray.plan, the_act(), "No.", by=moray.lead, now=NOW)
    assert len(mails()) == before
    colleague = make_user("Ann Reid", role=Role.OFFICIAL)
    assert len(disputed_acts(viewer_of(colleague.id, TODAY)).rows()) == 1
    fife = make_partnership("elsewhere")
    lead = make_user("A lead of Fife", role=Role.LEAD, partnership=fife)
    assert disputed_acts(viewer_of(lead.id, TODAY)).rows() == []
    assert [one.is_disputed for one in list_acts(moray.plan)] == [True]


def test_what_was_undone_before_the_email_is_not_in_it(moray: Moray, official: User) -> None:
    given = {"by": official, "now": NOW}
    receive(moray, official)
    undo_publication(moray.publication, "Another plan.", **given)  # type: ignore[arg-type]
    receive(moray, official, address="", published_on=None, not_published=True)
    copy = db.session.scalars(select(PublicationCopy)).all()[-1]
    undo_receipt(moray.plan, copy, "Another plan.", **given)  # type: ignore[arg-type]
    propose_own_start(moray.plan, date(2026, 7, 1), "A law.", on_behalf=True, **given)  # type: ignore[arg-type]
    undo_own_start(moray.plan, "Another plan.", **given)  # type: ignore[arg-type]
    first, second, *_ = moray.record.receivers
    details = {"on_behalf": True, "today": TODAY, "by": official}
    notice = record_disagreement(moray.plan, first, NoticeDetails(), now=NOW, **details)  # type: ignore[arg-type]
    record_disagreement(moray.plan, second, NoticeDetails(), now=NOW + timedelta(minutes=1), **details)  # type: ignore[arg-type]
    undo_disagreement(moray.plan, notice, "Another plan.", **given)  # type: ignore[arg-type]
    assert acts() == [OnBehalf.DISAGREEMENT]


def test_what_was_undone_after_the_email_is_still_to_be_read_and_disputed(moray: Moray, official: User) -> None:
    receive(moray, official)
    notify_of_acts(NOW)
    undo_publication(moray.publication, "Another plan.", by=official, now=NOW)
    assert acts() == [OnBehalf.PUBLISHED]


def test_a_lead_who_is_an_official_too_gets_no_email_about_their_own_records(moray: Moray, official: User) -> None:
    grant_role(official, Role.LEAD, moray.partnership)
    receive(moray, official)
    before = len(mails())
    assert notify_of_acts(NOW) == 1
    assert [recipient for recipient, _ in mails()[before:]] == [moray.lead.email]


def test_an_email_that_waited_is_not_sent_to_who_may_not_see_the_document_by_then(moray: Moray, official: User) -> None:
    receive(moray, official)
    dispute_act(moray.plan, the_act(), "No.", by=moray.lead, now=NOW)
    notify_of_acts(NOW)
    db.session.execute(update(Message).values(state=MessageState.SENDING))
    db.session.commit()
    (disputed, notified) = db.session.scalars(
        select(Message.id).where(Message.kind == MessageKind.ON_BEHALF).order_by(Message.id)
    )
    assert withdraw_or_rerender_stale([disputed, notified], TODAY, NOW) == set()
    db.session.execute(delete(RoleGrant).where(RoleGrant.user_id == moray.lead.id))
    assert withdraw_or_rerender_stale([disputed, notified], TODAY, NOW) == {notified}
    official.active = False
    assert withdraw_or_rerender_stale([disputed, notified], TODAY, NOW) == {disputed}


def test_who_may_no_longer_see_the_document_gets_no_email_about_a_dispute(moray: Moray, official: User) -> None:
    receive(moray, official)
    db.session.execute(delete(RoleGrant).where(RoleGrant.user_id == official.id))
    before = len(mails())
    dispute_act(moray.plan, the_act(), "No.", by=moray.lead, now=NOW)
    db.session.execute(delete(RoleGrant).where(RoleGrant.user_id == moray.lead.id))
    settle_dispute(moray.plan, the_act(), "Yes.", by=make_user("Ann Reid", role=Role.OFFICIAL), now=NOW)
    assert len(mails()) == before
