"""One reply to several milestones at once: all of them take it, or none does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.milestones.services.comments import write_comment
from cycle_tracker.milestones.services.milestones import finish_milestone, start_milestone
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User
from cycle_tracker.overview.rules.replies import Answer, hindrance


@dataclass(frozen=True)
class Reply:
    """What is said: `done_on` belongs to the answer "done", `note` to "still on track"."""

    answer: Answer
    done_on: date | None = None
    note: str = ""


def reply_to(milestones: Sequence[Milestone], reply: Reply, *, by: User, today: date, now: datetime) -> None:
    """Record one reply for every milestone. Whether the person may change them is asked before.

    Raises RuleBroken, naming the first milestone that cannot take it; nothing is kept then.
    """
    for milestone in milestones:
        reason = hindrance(milestone.kind, milestone.state, reply.answer, fact=milestone.fact)
        if reason:
            raise RuleBroken(f"{milestone.title}: {reason}")
    if reply.answer is Answer.ON_TRACK:
        for milestone in milestones:
            write_comment(milestone, f"{Answer.ON_TRACK.label}. {reply.note}", by=by, now=now)
        return
    for milestone in milestones:
        if reply.answer is Answer.BEGUN:
            start_milestone(milestone, by=by, now=now)
        elif reply.done_on is None:
            raise RuleBroken("Enter the date it was done.", field="done_on")
        else:
            finish_milestone(milestone, reply.done_on, by=by, today=today, now=now)
