"""What lead bodies made of the newest plans and reports, to whom copies went, and what is missing of both."""

from datetime import date

from sqlalchemy import select

from cycle_tracker.cli.demo.chances import days, in_office_hours, working_day
from cycle_tracker.cli.demo.parts import PRESENT_PLAN, STAR, Part
from cycle_tracker.cli.demo.people import officer_of
from cycle_tracker.cli.demo.scenes import Scene, copies_sent_on, last_approval
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import DOCUMENTS, Kind, Manner
from cycle_tracker.core.lifecycle import State
from cycle_tracker.documents.queries.document_records import DocumentRecord
from cycle_tracker.documents.queries.publications import get_record
from cycle_tracker.documents.services.approvals import ApprovalDetails, record_approval
from cycle_tracker.documents.services.document_copies import correct_copy, record_copies_sent
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.user import User

# The partnership with four lead bodies.
OF_FOUR = "tayside"

WITH_PAPERS = (STAR, OF_FOUR)
# So many documents of each have their approvals; what was before them was put in without.
NEWEST = 3

COMMITTEES = {
    OrganisationKind.COUNCIL: "Education, children and families committee",
    OrganisationKind.HEALTH_BOARD: "Board",
}


def add_papers(scene: Scene) -> None:
    """Record the approvals of the newest documents of a partnership, and the copies of its newest plan."""
    documents = _newest_documents(scene)
    for number, document in enumerate(documents):
        record = get_record(document, scene.on)
        _approve(record, scene, is_oldest=number == NEWEST - 1)


def send_copies(scene: Scene) -> None:
    """Record the copies of the newest plan of a partnership."""
    plan = db.session.scalars(
        select(Milestone)
        .where(
            Milestone.partnership_id == scene.partnership.id,
            Milestone.kind == Kind.PLAN,
            Milestone.state == State.DONE,
            Milestone.target_on >= scene.joined_on,
        )
        .order_by(Milestone.target_on.desc())
        .limit(1)
    ).one_or_none()
    if plan is not None:
        _send_copies(get_record(plan, scene.on), scene)


def _newest_documents(scene: Scene) -> list[Milestone]:
    """The newest documents that are published or in hand, the newest first."""
    return list(
        db.session.scalars(
            select(Milestone)
            .where(
                Milestone.partnership_id == scene.partnership.id,
                Milestone.kind.in_(DOCUMENTS),
                Milestone.state.in_([State.DONE, State.IN_PROGRESS]),
                Milestone.target_on.is_not(None),
            )
            .order_by(Milestone.target_on.desc(), Milestone.id)
            .limit(NEWEST)
        )
    )


def _approve(record: DocumentRecord, scene: Scene, *, is_oldest: bool) -> None:
    """Every body of a published document; all but the last of one that is not. One approval of the star's oldest
    document here was never recorded."""
    document, bodies = record.document, list(record.lead_bodies)
    if document.is_open or (scene.slug == STAR and is_oldest):
        bodies = bodies[:-1]
    for number, body in enumerate(bodies):
        approved_on = working_day(last_approval(document, scene) - days(2 * number))
        recorded_on = scene.recorded_on(working_day(approved_on + days(4)), document.key, body.code or body.name)
        if recorded_on >= scene.on:
            continue
        record_approval(
            document,
            body,
            _details(document, body, approved_on, scene),
            by=_recorder(body, scene, is_last=number == len(bodies) - 1),
            today=recorded_on,
            now=in_office_hours(recorded_on, document.key, body.name),
        )


def _recorder(body: Organisation, scene: Scene, *, is_last: bool) -> User:
    """Somebody of the body where the demo has one, but for the last body: the lead records for it."""
    return scene.lead if is_last else officer_of(body) or scene.lead


def _details(document: Milestone, body: Organisation, approved_on: date, scene: Scene) -> ApprovalDetails:
    """What is known of an approval: of the health board's in the star's plan no minute."""
    if scene.slug == STAR and document.kind is Kind.PLAN and body.kind is OrganisationKind.HEALTH_BOARD:
        return ApprovalDetails(Manner.APPROVED, made_by="Board", approved_on=approved_on)
    board_notes = body.kind is OrganisationKind.HEALTH_BOARD and document.kind is Kind.ANNUAL_REPORT
    return ApprovalDetails(
        Manner.NOTED if board_notes else Manner.APPROVED,
        made_by=COMMITTEES.get(body.kind, ""),
        approved_on=approved_on,
        meeting=f"Meeting of {approved_on:%-d %B %Y}",
        minute=f"{approved_on:%Y/%m}, item {5 + approved_on.day % 6}",
    )


def _send_copies(record: DocumentRecord, scene: Scene) -> None:
    """Copies of a plan to each of its receivers, but for Ministers where the partnership forgot them; the first of them
    has said that it came."""
    publication, sent_on = record.publication, copies_sent_on(record.document)
    forgot = PRESENT_PLAN.get(scene.slug) is Part.NOT_TOLD
    to = [
        one
        for one in record.receivers
        if record.copy_to(one.id) is None and not (forgot and one.kind is OrganisationKind.SCOTTISH_GOVERNMENT)
    ]
    if publication is None or sent_on is None or not to:
        return
    recorded_on = scene.recorded_on(sent_on, "copies")
    if recorded_on >= scene.on:
        return
    now = in_office_hours(recorded_on, "copies")
    record_copies_sent(publication, to, sent_on=sent_on, by=scene.lead, today=recorded_on, now=now)
    received_on = working_day(sent_on + days(12))
    if received_on < scene.on:
        copy = next(one for one in publication.copies if one.receiver_id == to[0].id)
        correct_copy(
            publication,
            copy,
            sent_on=sent_on,
            received_on=received_on,
            by=scene.lead,
            today=received_on,
            now=in_office_hours(received_on, "copy-received"),
        )
