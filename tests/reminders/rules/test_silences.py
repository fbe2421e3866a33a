"""Why nobody was told: a test for each reason, and one that there is no reason without a test."""

from dataclasses import replace
from datetime import date, timedelta

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.preferences import Preference, Rhythm
from cycle_tracker.reminders.rules.policies import REPORT_POLICY, STEP_POLICY
from cycle_tracker.reminders.rules.silences import Silence, Stuck, Waits
from cycle_tracker.reminders.rules.steps import Deadline
from cycle_tracker.reminders.rules.unsent_reasons import Reason, Why, reasons

TODAY = date(2026, 5, 12)
"""A Tuesday."""
DUE_ON = date(2026, 5, 28)
DEADLINE = Deadline(due_on=DUE_ON, is_open=True, entered_on=date(2026, 1, 1))
NOTHING = Silence(DEADLINE, STEP_POLICY, owner="Rory Baird", partnership="Moray", was_notified=True, decided_for=TODAY)
WEEKLY = Preference(Rhythm.WEEKLY, 4)
ONLY_LATE = Preference(Rhythm.ONLY_LATE)

seen: set[Why] = set()


def why(silence: Silence, today: date = TODAY) -> list[str]:
    found = reasons(silence, today)
    seen.update(one.why for one in found)
    assert all(isinstance(one, Reason) and one.words.endswith((".", ":")) for one in found)
    return [one.words for one in found]


def test_where_everybody_was_told_there_is_no_reason() -> None:
    assert why(NOTHING) == []


def test_closed() -> None:
    closed = replace(NOTHING, deadline=replace(DEADLINE, is_open=False), closed_as="done")
    assert why(closed) == ["This is done. We do not send reminders about it."]


def test_no_date_yet() -> None:
    assert why(replace(NOTHING, deadline=replace(DEADLINE, due_on=None))) == [
        "It has no due date yet. We will schedule the first reminder when it has one."
    ]


def test_before_notices_began() -> None:
    early = replace(NOTHING, deadline=replace(DEADLINE, notify_from=date(2026, 6, 1)))
    assert why(early) == [
        "It was due on 28 May 2026. The start date for reminders in Moray is 1 June 2026. We do not send reminders for "
        "anything due before then."
    ]


def test_the_partnership_has_not_joined() -> None:
    apart = replace(NOTHING, deadline=replace(DEADLINE, notify_from=None))
    assert why(apart) == ["Moray has not joined this service, so we do not send reminders about its dates."]


def test_a_plan_that_is_due_after_its_interim_plan() -> None:
    interim = replace(DEADLINE, expected_date=True, after_interim=True)
    assert why(replace(NOTHING, deadline=interim)) == [
        "A one-year or interim plan is in its place, so it is due on 28 May 2026. We do not send reminders before "
        "that date or on it."
    ]


def test_of_a_new_expected_date_the_days_of_the_policy_are_none_that_were_missed() -> None:
    moved = replace(DEADLINE, expected_date=True, due_on=date(2026, 5, 20), entered_on=date(2026, 5, 4))
    changed = replace(NOTHING.policy, before=(60,), before_since=date(2026, 5, 13))
    assert why(replace(NOTHING, deadline=moved, policy=changed)) == []
    late = replace(moved, entered_on=date(2026, 5, 11))
    assert why(replace(NOTHING, deadline=late)) == [
        "It was added on 11 May 2026. We do not send reminders that were due before then."
    ]


def test_entered_later_than_the_step() -> None:
    late = replace(NOTHING, deadline=replace(DEADLINE, due_on=date(2026, 5, 20), entered_on=date(2026, 5, 11)))
    assert why(late) == ["It was added on 11 May 2026. We do not send reminders that were due before then."]


def test_a_report_that_was_entered_later_than_the_day_on_which_it_opened() -> None:
    report = replace(DEADLINE, due_on=date(2026, 6, 30), opens_on=date(2026, 4, 1), entered_on=date(2026, 5, 11))
    late = replace(NOTHING, policy=REPORT_POLICY, deadline=report)
    assert why(late) == ["It was added on 11 May 2026. We do not send reminders that were due before then."]
    assert why(replace(late, deadline=replace(report, entered_on=date(2026, 3, 2)))) == []


def test_it_waits_for_another() -> None:
    waits = replace(NOTHING, deadline=replace(DEADLINE, waits=True))
    until_then = "Until then we do not send reminders that this is overdue, and do not escalate it."
    assert why(replace(waits, waits_for=["Draft the plan"])) == [
        f"It depends on “Draft the plan”, which is not finished. {until_then}"
    ]
    assert why(replace(waits, waits_for=["Draft the plan", "Agree priorities"])) == [
        f"It depends on “Draft the plan” and “Agree priorities”, which are not finished. {until_then}"
    ]


def test_its_document_is_with_the_group() -> None:
    assert why(replace(NOTHING, deadline=replace(DEADLINE, document_with_group=True))) == [
        "The document that it is for was escalated to the governance group, so we do not escalate this as well. The "
        "owner still gets reminders."
    ]


def test_a_step_that_is_still_to_come_is_no_reason() -> None:
    assert why(replace(NOTHING, deadline=replace(DEADLINE, entered_on=TODAY))) == []


def test_the_policy_changed_later_than_the_step() -> None:
    changed = replace(STEP_POLICY, before_since=TODAY)
    late = replace(NOTHING, policy=changed, deadline=replace(DEADLINE, due_on=date(2026, 5, 20)))
    assert why(late) == [
        "The reminder settings were changed on 12 May 2026. We do not send reminders that were due before then."
    ]


def test_nobody_owns_it_and_the_leads_stand_in() -> None:
    assert why(replace(NOTHING, owner="", owner_may_be_notified=False, stands_in=["Ailsa Grant", "Iain Munro"])) == [
        "It has no owner. We email Ailsa Grant and Iain Munro instead."
    ]


def test_the_owner_left() -> None:
    assert why(replace(NOTHING, owner_may_be_notified=False, stands_in=["Ailsa Grant"])) == [
        "Its owner, Rory Baird, has no account that can see it. We email Ailsa Grant instead."
    ]


def test_there_is_nobody_at_all() -> None:
    assert why(replace(NOTHING, owner="", owner_may_be_notified=False)) == [
        "It has no owner. There is no one else to email."
    ]


def test_an_audience_with_nobody_in_it() -> None:
    assert why(replace(NOTHING, unreachable=[Audience.GOVERNANCE, Audience.CHAIR])) == [
        "There was no one to email for the governance group and the chair. Administrators can see this."
    ]


def waits(**fields: object) -> Silence:
    one = Waits("Rory Baird", "before-14", DUE_ON, TODAY)
    return replace(NOTHING, waiting=[replace(one, **fields)])  # type: ignore[arg-type]


def test_switched_off_by_the_person() -> None:
    assert why(waits(reminds_before=False)) == ["Rory Baird turned off early reminders."]
    assert why(replace(NOTHING, switched_off=["Rory Baird"])) == ["Rory Baird turned off early reminders."]
    assert why(waits(reminds_before=False, step="overdue-1")) != []


def test_wanted_only_when_late() -> None:
    assert why(waits(preference=ONLY_LATE)) == [
        "Rory Baird gets emails about overdue work only. The reminder “14 days before” waits until it is overdue."
    ]


def test_waiting_for_the_list_day() -> None:
    assert why(waits(preference=Preference(), step="overdue-8", due_on=TODAY - timedelta(days=8))) == [
        "Rory Baird gets reminders that can wait in one email a week. We will send the reminder “8 days after” by "
        "18 May 2026."
    ]
    assert why(waits(preference=Preference(), prompt=True)) == [
        "We will send the reminder “14 days before” to Rory Baird in the next run."
    ]


def test_waiting_for_the_weekly_mail() -> None:
    assert why(waits(preference=WEEKLY)) == [
        "Rory Baird gets emails once a week. We will send the reminder “14 days before” on 15 May 2026."
    ]


def test_waiting_for_the_next_run() -> None:
    expected = ["We will send the reminder “14 days before” to Rory Baird in the next run."]
    assert why(waits()) == expected
    assert why(waits(preference=WEEKLY, at_once=True)) == expected


def test_the_mail_could_not_be_delivered() -> None:
    assert why(replace(NOTHING, stuck=[Stuck("Rory Baird", "550 No such user.", is_final=True)])) == [
        "The email to Rory Baird could not be delivered. The mail server answered “550 No such user”."
    ]


def test_the_mail_has_not_gone_out_yet() -> None:
    assert why(replace(NOTHING, stuck=[Stuck("Rory Baird", "", is_final=False)])) == [
        "The email to Rory Baird is ready and has not been sent yet."
    ]


def test_where_a_mail_is_written_nobody_is_said_to_wait_for_a_first_notice() -> None:
    written = replace(
        NOTHING, was_notified=False, next_on=date(2026, 7, 8), stuck=[Stuck("Rory Baird", "", is_final=False)]
    )
    assert not [words for words in why(written) if "so far" in words]


def test_acknowledged() -> None:
    acknowledged = replace(NOTHING, deadline=replace(DEADLINE, reply_by=date(2026, 6, 20)))
    assert why(acknowledged) == [
        "Someone acknowledged it and will reply by 20 June 2026. We will not escalate it further before then. The "
        "owner still gets reminders."
    ]
    assert why(acknowledged, date(2026, 6, 22)) == []


def test_no_working_day() -> None:
    assert why(NOTHING, TODAY + timedelta(days=4)) == [
        "Today is not a working day. Reminders will be sent on 18 May 2026."
    ]


def test_the_job_has_not_run() -> None:
    late = replace(NOTHING, decided_for=date(2026, 5, 8), decided_by_now=TODAY)
    assert why(late) == [
        "Reminders have not been prepared since 8 May 2026. We will send them when the service has caught up."
    ]
    assert why(replace(late, decided_for=None))[0].startswith("Reminders have not been prepared yet.")
    assert why(replace(late, decided_for=TODAY)) == []


def test_the_first_notice_is_still_to_come() -> None:
    assert why(replace(NOTHING, was_notified=False, next_on=date(2026, 5, 14))) == [
        "No reminders about this date were due so far. The first is due on 14 May 2026."
    ]
    assert why(replace(NOTHING, was_notified=False)) == [
        "No reminders about this date were due so far. No reminders are scheduled."
    ]


def test_every_reason_has_its_test() -> None:
    others = [test for name, test in globals().items() if name.startswith("test_") and "every_reason" not in name]
    for test in others:
        test()
    assert seen == set(Why)
