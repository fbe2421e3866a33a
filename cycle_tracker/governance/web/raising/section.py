"""What the milestone page shows of its escalations: what came to whom, and what this person may do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.audiences import Audience
from cycle_tracker.governance.queries.open_escalations import is_in_national_group, list_open_rungs, open_rung_to
from cycle_tracker.governance.rules import OWN, SHOWN, answers_for
from cycle_tracker.governance.web.raising.presenters import RungRow, rung_line
from cycle_tracker.milestones.queries.milestones import holds
from cycle_tracker.milestones.queries.on_page import OnPage
from cycle_tracker.milestones.web.details import Detail
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.reminders.queries.deadlines import deadline_of
from cycle_tracker.web.page_parts import Section

TEMPLATE = "governance/raising/section.html"


@dataclass(frozen=True)
class EscalationSection:
    """The rungs that are open, and what may be done: say by when one replies, for oneself or for the national group,
    raise it to the governance group, raise it further."""

    rungs: Sequence[RungRow]
    may_reply: bool
    may_reply_for_nation: bool
    may_raise: bool
    may_raise_further: bool

    @property
    def any(self) -> bool:
        """True where there is something to see or to do."""
        may = self.may_reply, self.may_reply_for_nation, self.may_raise, self.may_raise_further
        return bool(self.rungs) or any(may)


def section_of(on_page: OnPage, viewer: Viewer, detail: Detail, today: date) -> Section | None:
    """The section, where there is anything in it for the person. What came to the people of the partnership is theirs
    to see; what came to the Scottish Government escalation group, the nation's too."""
    milestone = on_page.milestone
    if detail is Detail.DATES or not milestone.is_open or milestone.due_on is None or milestone.partnership is None:
        return None
    every = list_open_rungs(milestone) if on_page.has.escalations else []
    counts = deadline_of(milestone, notify_from=milestone.partnership.notify_from).calls_for_notices
    seen = every if detail is Detail.EVERYTHING else [one for one in every if one.audience is Audience.NATIONAL]
    content = EscalationSection(
        rungs=[rung_line(one, today) for one in seen],
        may_reply=own_rung(every) is not None and _may_reply(milestone, viewer),
        may_reply_for_nation=_may_reply_for_nation(milestone, every, viewer, today),
        may_raise=counts
        and holds(viewer, Permission.RAISE_TO_GROUP, milestone)
        and open_rung_to(every, Audience.GOVERNANCE) is None,
        may_raise_further=counts
        and milestone.is_document
        and holds(viewer, Permission.RAISE_FURTHER, milestone)
        and open_rung_to(every, Audience.NATIONAL) is None,
    )
    return Section(TEMPLATE, content) if content.any else None


def own_rung(rungs: Sequence[Escalation]) -> Escalation | None:
    """The rung that the owner or a lead may still answer: nobody has, and nothing has gone further."""
    if any(rung.audience in SHOWN for rung in rungs):
        return None
    own = [rung for rung in rungs if rung.audience in OWN]
    return own[-1] if own and not any(rung.acknowledged_at for rung in own) else None


def _may_reply(milestone: Milestone, viewer: Viewer) -> bool:
    partnership_id = milestone.partnership_id
    return partnership_id is not None and answers_for(
        viewer, Audience.LEAD, partnership_id, owner_id=milestone.owner_id
    )


def _may_reply_for_nation(milestone: Milestone, rungs: Sequence[Escalation], viewer: Viewer, today: date) -> bool:
    """Asked of the database only where something waits there for one of the nation."""
    rung = open_rung_to(rungs, Audience.NATIONAL)
    if rung is None or rung.acknowledged_at or not viewer.national:
        return False
    return holds(viewer, Permission.RAISE_FURTHER, milestone) and is_in_national_group(viewer.user_id, today)
