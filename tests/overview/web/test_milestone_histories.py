"""History and notices in plain sentences."""

from datetime import UTC, date, datetime

import pytest

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.date_change import DateChange, DateChangeKind
from cycle_tracker.models.decision import Decision, DecisionOutcome
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.group import Meeting
from cycle_tracker.models.notice import Ending
from cycle_tracker.models.user import User
from cycle_tracker.overview.queries.histories import History, SentNotice
from cycle_tracker.overview.web.milestone.histories import notice_rows, sentences

AILSA, IAIN = 1, 2
NAMES = {AILSA: "Ailsa Grant", IAIN: "Iain Munro"}
DUE_ON = date(2026, 6, 30)


def at(month: int, day: int, hour: int = 9) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def event(action: str, when: datetime, *, by: int | None = AILSA, reason: str = "", **after: object) -> AuditEvent:
    return AuditEvent(
        at=when, actor_id=by, subject="milestone", subject_id=1, action=action, before={}, after=after, reason=reason
    )


def change(kind: DateChangeKind = DateChangeKind.EXPECTED, *, shared: bool = True) -> DateChange:
    return DateChange(
        kind=kind,
        old_due_on=DUE_ON,
        new_due_on=date(2026, 9, 30),
        reason="The committee met late.",
        shared=shared,
        noted_by_id=IAIN,
        noted_at=at(9, 1),
    )


def escalation(*, decided: bool = False) -> Escalation:
    return Escalation(
        due_on=DUE_ON,
        rung=14,
        audience=Audience.GOVERNANCE,
        fell_due_on=date(2026, 7, 14),
        opened_at=at(7, 14, 6),
        resolved_at=at(9, 1) if decided else None,
        decided_at=at(9, 1) if decided else None,
    )


def notice(step: str = "overdue-1", **fields: object) -> SentNotice:
    values: dict[str, object] = {
        "step": step,
        "due_on": DUE_ON,
        "audience": Audience.OWNER,
        "name": "Ailsa Grant",
        "unreachable": False,
        "overtook": [],
        "queued_at": at(7, 1, 6),
        "queued_on": date(2026, 7, 1),
        "ended_at": None,
        "ending": None,
        "ended_why": "",
        "mail_state": None,
        "mail_ended_at": None,
        "mail_trouble": None,
    }
    return SentNotice(**{**values, **fields})  # type: ignore[arg-type]  # a test's own words


def notified(history: History, *, shared_only: bool = False) -> list[str]:
    return [entry.what for entry in sentences(history, shared_only=shared_only)]


@pytest.mark.parametrize(
    ("happened", "sentence"),
    [
        (event("started", at(5, 1)), "Ailsa Grant started this"),
        (event("finished", at(5, 16), done_on="2026-05-15"), "Ailsa Grant recorded that this was done on 15 May 2026"),
        (event("published", at(7, 2), done_on="2026-07-01"), "Ailsa Grant recorded this as published on 1 July 2026"),
        (event("published", at(7, 2)), "Ailsa Grant recorded this as published, date not known"),
        (
            event("told-government", at(7, 2), sent_on="2026-07-02"),
            "Ailsa Grant recorded that this was sent to the Scottish Government on 2 July 2026",
        ),
        (
            event("finished", at(7, 2), by=None, done_on="2026-07-02"),
            "The service recorded that this was done on 2 July 2026",
        ),
        (event("started", at(7, 2), by=99), "Someone whose name we no longer keep started this"),
        (event("looked-into", at(7, 2)), "Ailsa Grant recorded a change: looked into"),
    ],
)
def test_an_event_is_told_as_a_sentence(happened: AuditEvent, sentence: str) -> None:
    assert notified(History([happened], [], [], NAMES)) == [sentence]


def test_the_newest_comes_first() -> None:
    history = History([event("published", at(10, 20), done_on="2026-10-20")], [change()], [escalation()], NAMES)
    assert notified(history) == [
        "Ailsa Grant recorded this as published on 20 October 2026",
        "Iain Munro agreed a new expected date of 30 September 2026",
        "Escalated to the governance group on 14 July 2026, 14 days after the due date",
    ]


def decision(
    outcome: DecisionOutcome = DecisionOutcome.NEW_DATE, *, by_group: bool = True, **facts: object
) -> Decision:
    iain = User(id=IAIN, name="Iain Munro")
    return Decision(
        outcome=outcome,
        text="The committee met late.",
        minute="4.2",
        meeting=Meeting(held_on=date(2026, 8, 28), title="Quarterly"),
        made_by_id=None if by_group else IAIN,
        made_by=None if by_group else iain,
        recorded_by=iain,
        recorded_at=at(9, 1),
        **facts,
    )


def test_a_new_date_that_the_group_decided_is_told_once_as_the_groups_own() -> None:
    for by_group, sentence in (
        (True, "The governance group agreed a new expected date of 30 September 2026, recorded by Iain Munro (clerk)"),
        (False, "Iain Munro, for the governance group, agreed a new expected date of 30 September 2026"),
    ):
        history = History([], [change()], [], NAMES, [decision(by_group=by_group, expected_on=date(2026, 9, 30))])
        (entry,) = sentences(history, shared_only=False)
        assert entry.what == sentence
        assert entry.detail == (
            "The committee met late. Shared with the Scottish Government. "
            "Meeting of 28 August 2026, Quarterly, minute 4.2."
        )
        (shared,) = sentences(history, shared_only=True)
        assert (shared.what, "minute" in shared.detail) == (sentence, False)


def test_other_decisions_are_told_to_the_partnership_alone() -> None:
    referred = decision(DecisionOutcome.REFER_ON, referred_to="the chief officers")
    history = History([], [], [], NAMES, [referred, decision(DecisionOutcome.NO_ACTION, by_group=False)])
    assert notified(history) == [
        "The governance group referred this to the chief officers, recorded by Iain Munro (clerk)",
        "Iain Munro, for the governance group, decided to take no action",
    ]
    assert notified(history, shared_only=True) == []


def test_a_proposal_is_told_with_what_became_of_it() -> None:
    proposal = DateChange(
        kind=DateChangeKind.EXPECTED,
        new_due_on=date(2026, 9, 30),
        reason="The committee met late.",
        shared=True,
        proposed_by_id=AILSA,
        proposed_at=at(8, 20),
    )
    proposed = "Ailsa Grant proposed a new expected date of 30 September 2026"
    assert notified(History([], [proposal], [], NAMES)) == [proposed]
    assert notified(History([], [proposal], [], NAMES), shared_only=True) == []
    proposal.declined_at, proposal.declined_by_id, proposal.declined_why = at(8, 21), IAIN, "Too late."
    assert notified(History([], [proposal], [], NAMES)) == [
        "Iain Munro declined the proposed date of 30 September 2026",
        proposed,
    ]
    proposal.declined_by_id = AILSA
    assert (
        notified(History([], [proposal], [], NAMES))[0] == "Ailsa Grant withdrew the proposed date of 30 September 2026"
    )
    proposal.declined_at = None
    proposal.noted_at, proposal.noted_by_id = at(8, 22), IAIN
    assert notified(History([], [proposal], [], NAMES)) == [
        "Iain Munro agreed a new expected date of 30 September 2026",
        proposed,
    ]


def test_officials_read_only_what_is_shared() -> None:
    events = [event("started", at(5, 1)), event("published", at(7, 2), done_on="2026-07-01")]
    changes = [change(shared=False), change(DateChangeKind.LOCAL, shared=False)]
    assert notified(History(events, changes, [], NAMES), shared_only=True) == [
        "Ailsa Grant recorded this as published on 1 July 2026"
    ]


def test_a_notice_says_what_became_of_its_mail() -> None:
    sent = notice(mail_state=MessageState.SENT, mail_ended_at=at(7, 1, 6), overtook=["before-1", "on-day"])
    failed = notice(mail_state=MessageState.FAILED, mail_trouble="550 No such user")
    rows = notice_rows([sent, failed, notice()], DUE_ON)
    assert [row.outcome for row in rows] == [
        "Sent on 1 July 2026 at 07:00",
        "Could not be sent (550 No such user)",
        "Waiting for the next email",
    ]
    assert rows[0].note == "Also covers: 1 day before; on the day."


def test_a_notice_for_nobody_says_so() -> None:
    row = notice_rows([notice("rung-14", audience=Audience.GOVERNANCE, name=None, unreachable=True)], DUE_ON)[0]
    assert (row.to, row.outcome) == ("No one (the governance group could not be emailed)", "Could not be sent")


def test_a_notice_that_no_longer_counts_says_why() -> None:
    replaced = notice(ended_at=at(9, 1), ending=Ending.SUPERSEDED, ended_why="new-date on 2026-09-01")
    assert notice_rows([replaced], date(2026, 9, 30))[0].note == (
        "About the due date 30 June 2026. Cancelled on 1 September 2026, because the date changed or it was reopened."
    )
