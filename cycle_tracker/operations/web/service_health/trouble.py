"""What keeps reminders from being decided and sent, in sentences for administrators."""

from datetime import datetime, timedelta

from cycle_tracker.core.clock import london_time
from cycle_tracker.jobs.rules import SENT_WITHIN
from cycle_tracker.operations.queries.run_days import notices_day_of_service
from cycle_tracker.operations.web.service_health.timeliness import are_mails_sent, are_notices_queued, is_mail_going_out
from cycle_tracker.web.wording import day

MINUTES_WITHOUT_A_MAIL = SENT_WITHIN // timedelta(minutes=1)


def about_deciding(now: datetime) -> str:
    """What is wrong with the job that decides who is told what; empty if nothing is."""
    if are_notices_queued(now):
        return ""
    missing = day(notices_day_of_service(london_time(now)))
    return f"The reminders for {missing} have not been prepared. Check that the scheduler is running."


def about_sending(now: datetime) -> str:
    """What is wrong with the job that sends; empty if nothing is."""
    if are_mails_sent(now):
        return ""
    return (
        "No emails could be sent for more than three minutes. Check that the scheduler is running and that the mail "
        "server responds."
    )


def about_mail(now: datetime) -> str:
    """What is wrong with the mail itself, whether or not its job runs; empty if nothing is."""
    if is_mail_going_out(now):
        return ""
    return (
        f"No emails were sent in the last {MINUTES_WITHOUT_A_MAIL} minutes, although at least one was ready or could "
        "not be written. Check that the mail server responds. If it does, look at the emails that failed."
    )
