"""Home: mails about a lead's partnerships that could not be delivered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.overview.queries.failed_mails import list_failed_about
from cycle_tracker.web.wording import count, moment

OF_LATE = timedelta(days=28)


@dataclass(frozen=True)
class FailedMail:
    """One mail that did not arrive: to whom, about how much, when it was given up, and what the mail server said."""

    recipient: str
    about: str
    when: str
    said: str


def failed_mails(viewer: Viewer, now: datetime) -> Sequence[FailedMail]:
    """Those of the last four weeks about the partnerships that the person leads. One statement."""
    within = viewer.partnerships_with(Permission.CHANGE_MILESTONES) or ()
    return [
        FailedMail(row.recipient, count(row.milestones, "milestone"), moment(row.ended_at), row.trouble)
        for row in list_failed_about(within, now - OF_LATE)
    ]
