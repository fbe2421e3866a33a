"""What was before the demo's day and nobody was ever told of, put in as rows: there are no notices to stop, and there
are thousands of rows, too many to go through the services one by one."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlalchemy.orm.attributes import set_committed_value

from cycle_tracker.cli.demo.chances import in_office_hours
from cycle_tracker.cli.demo.scenes import Scene
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Fact, Kind, PreparedFrom
from cycle_tracker.core.lifecycle import State
from cycle_tracker.models.approval import Preparation
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.base import table_of
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.publication import Publication, PublicationAddress, PublicationCopy
from cycle_tracker.models.user import User

WRITTEN = (
    *("state", "done_on", "target_on", "due_on", "next_notice_on"),
    *("fact_count", "fact_total", "details_not_known", "reason"),
)
NOT_KNOWN = "It was done before the records of this service begin."


class Past:
    """What is over, gathered for one partnership and written in one go. The objects show it at once."""

    def __init__(self, government: Organisation) -> None:
        self._government = government
        self._milestones: list[Milestone] = []
        self._events: list[dict[str, Any]] = []

    def finish(
        self, milestone: Milestone, done_on: date | None, scene: Scene, *, by: User, action: str = "finished"
    ) -> None:
        """Done on that day, and recorded that day or when the partnership joined."""
        recorded_on = scene.recorded_on(done_on or scene.joined_on, milestone.key)
        self._note(
            milestone,
            action,
            by=by,
            at=in_office_hours(recorded_on, milestone.key),
            before={"state": milestone.state.value, "done_on": None},
            after={"state": State.DONE.value, "done_on": _iso(done_on)},
        )
        not_known = milestone.fact in {Fact.AGREED, Fact.PROVIDERS_SENT}
        self._set(
            milestone,
            state=State.DONE,
            done_on=done_on,
            next_notice_on=None,
            details_not_known=not_known,
            reason=NOT_KNOWN if not_known else "",
        )

    def publish(
        self,
        document: Milestone,
        scene: Scene,
        *,
        address: str,
        published_on: date | None,
        sent_on: date,
        received_on: date,
    ) -> None:
        """Published, sent and received, and recorded then or when the partnership joined."""
        recorded_at = in_office_hours(scene.recorded_on(sent_on, document.key), document.key)
        db.session.add(
            Publication(
                milestone_id=document.id,
                published_on=published_on,
                recorded_by_id=scene.lead.id,
                recorded_from=recorded_at,
                addresses=[PublicationAddress(address=address)],
                copies=[PublicationCopy(receiver_id=self._government.id, sent_on=sent_on, received_on=received_on)],
            )
        )
        if document.kind is Kind.PLAN:
            db.session.add(
                Preparation(milestone_id=document.id, prepared_on=published_on, prepared_from=PreparedFrom.PUBLICATION)
            )
        self.finish(document, published_on, scene, by=scene.lead, action="published")
        self._note(
            document, "told-government", by=scene.lead, at=recorded_at, before={}, after={"sent_on": _iso(sent_on)}
        )

    def follow(self, follower: Milestone, due_on: date | None) -> None:
        """What hangs on a document has its date from it."""
        self._set(follower, target_on=due_on, due_on=due_on)

    def complete(self, step: Milestone, scene: Scene, *, published_on: date | None, sent_on: date) -> None:
        """Done with the document, if being published or sent to Scottish Ministers completes it."""
        days = {Fact.PUBLISHED: published_on, Fact.MINISTERS_SENT: sent_on}
        if step.fact in days:
            self._set(step, fact_count=1, fact_total=1)
            self.finish(step, days[step.fact], scene, by=scene.lead)

    def write(self) -> None:
        """Write the milestones in one statement, and the audit of them in another."""
        table = table_of(Milestone)
        rows = [{"row": one.id, **{f"new_{name}": getattr(one, name) for name in WRITTEN}} for one in self._milestones]
        db.session.flush()
        if rows:
            connection = db.session.connection()
            connection.execute(
                update(table)
                .where(table.c.id == bindparam("row"))
                .values({name: bindparam(f"new_{name}") for name in WRITTEN}),
                rows,
            )
            connection.execute(insert(table_of(AuditEvent)), self._events)
        self._milestones.clear()
        self._events.clear()

    def _note(
        self,
        milestone: Milestone,
        action: str,
        *,
        by: User,
        at: datetime,
        before: dict[str, Any],
        after: dict[str, Any],
    ) -> None:
        """An audit event, as the service would write it."""
        self._events.append(
            {
                "at": at,
                "actor_id": by.id,
                "partnership_id": milestone.partnership_id,
                "subject": "milestone",
                "subject_id": milestone.id,
                "action": action,
                "before": before,
                "after": after,
                "reason": "",
            }
        )

    def _set(self, milestone: Milestone, **values: Any) -> None:
        for name, value in values.items():
            set_committed_value(milestone, name, value)
        self._milestones.append(milestone)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
