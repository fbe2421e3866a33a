"""What was before the service, put in as rows. Nobody was ever told of it, so there are no notices to stop, and there
are too many rows to go through the services one by one."""

from datetime import date

from cycle_tracker.cli.demo.chances import in_office_hours
from cycle_tracker.cli.demo.scenes import Act, Scene
from cycle_tracker.domain.date_rules import DateRule
from cycle_tracker.domain.kinds import DoneWith
from cycle_tracker.domain.lifecycle import State
from cycle_tracker.extensions import db
from cycle_tracker.models import Milestone, Organisation, Publication, PublicationAddress, PublicationCopy, User
from cycle_tracker.services import audit


def finish_in_the_past(
    milestone: Milestone, done_on: date | None, scene: Scene, *, by: User, action: str = "finished"
) -> None:
    """Done on that day, and recorded that day or when the partnership joined."""
    audit.record_milestone(
        milestone,
        action,
        by=by,
        at=in_office_hours(scene.recorded_on(done_on or scene.joined_on, milestone.key), milestone.key),
        before={"state": milestone.state, "done_on": None},
        after={"state": State.DONE, "done_on": done_on},
    )
    milestone.state, milestone.done_on, milestone.next_notice_on = State.DONE, done_on, None


def publish_in_the_past(
    document: Milestone,
    act: Act,
    *,
    address: str,
    published_on: date | None,
    sent_on: date,
    received_on: date,
    government: Organisation,
) -> None:
    """Published, sent and received before the partnership joined, with all that the same facts complete."""
    scene = act.scene
    recorded_at = in_office_hours(scene.recorded_on(sent_on, document.key), document.key)
    db.session.add(
        Publication(
            milestone=document,
            published_on=published_on,
            recorded_by_id=scene.lead.id,
            recorded_at=recorded_at,
            addresses=[PublicationAddress(address=address)],
            copies=[PublicationCopy(receiver_id=government.id, sent_on=sent_on, received_on=received_on)],
        )
    )
    finish_in_the_past(document, published_on, scene, by=scene.lead, action="published")
    audit.record_milestone(document, "told-government", by=scene.lead, at=recorded_at, after={"sent_on": sent_on})
    for follower in act.followers_of(document):
        if published_on is not None:
            _date(follower, published_on, act)
        if follower.done_with is not None:
            done_on = sent_on if follower.done_with is DoneWith.TOLD else published_on
            finish_in_the_past(follower, done_on, scene, by=scene.lead)


def _date(follower: Milestone, published_on: date, act: Act) -> None:
    rule = DateRule.parse(follower.date_rule)
    follower.target_on = follower.due_on = rule.on(act.period, {rule.follows or "": published_on})
