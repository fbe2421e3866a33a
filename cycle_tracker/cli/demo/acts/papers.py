"""What lead bodies made of the newest plans and reports, to whom copies went, and what is missing of both."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from cycle_tracker.cli.demo.acts.actions import OF_THE_PUBLISHED_PLAN
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
from cycle_tracker.documents.services.publication_corrections import correct_publication
from cycle_tracker.documents.services.publications import PublishedAddress
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.publication import Form, Publication
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


def approve_before(plan: Milestone, published_on: date, scene: Scene) -> None:
    """Record the approvals of a plan that is published later on this day, if the demo has those of the partnership."""
    if scene.slug in WITH_PAPERS:
        record = get_record(plan, scene.on)
        _approve(record, record.lead_bodies, last_approval(published_on, scene), scene)


def add_papers(scene: Scene) -> None:
    """Record the approvals of the newest documents of a partnership that have none: those of every body of a published
    document, and of all but the last of one that is not. One approval of the star's oldest was never recorded."""
    for number, document in enumerate(_newest_documents(scene)):
        record = get_record(document, scene.on)
        bodies = list(record.lead_bodies)
        if document.is_open or (scene.slug == STAR and number == NEWEST - 1):
            bodies = bodies[:-1]
        if not record.approvals:
            _approve(record, bodies, last_approval(document.done_on, scene), scene)


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


def publish_for_children(scene: Scene) -> None:
    """Record where the version for children is, of the plan of which the step says that it was published."""
    step = db.session.scalars(
        select(Milestone).where(
            Milestone.partnership_id == scene.partnership.id,
            Milestone.title == OF_THE_PUBLISHED_PLAN,
            Milestone.state == State.DONE,
        )
    ).one_or_none()
    if step is None or step.done_on is None:
        return
    publication = db.session.scalars(
        select(Publication)
        .join(Publication.milestone)
        .where(Milestone.cycle_id == step.cycle_id, Milestone.kind == Kind.PLAN, Publication.is_present)
    ).one()
    there = [
        PublishedAddress(one.form or Form.FULL, one.language or "en", one.address) for one in publication.addresses
    ]
    address = f"https://www.{scene.slug}.example.org/children/our-plan"
    correct_publication(
        publication,
        version=publication.version,
        published_on=publication.published_on,
        places=[*there, PublishedAddress(Form.CHILD, "en", address)],
        by=scene.lead,
        today=step.done_on,
        now=in_office_hours(step.done_on, step.key, "for-children"),
    )


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


def _approve(record: DocumentRecord, bodies: Sequence[Organisation], last_on: date, scene: Scene) -> None:
    """Approved by one body after the other, the first of them last, and recorded some days later."""
    document = record.document
    for number, body in reversed(list(enumerate(bodies))):
        approved_on = working_day(last_on - days(2 * number))
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
    publication = record.publication
    sent_on = copies_sent_on(publication) if publication is not None else None
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
            record.document,
            copy,
            sent_on=sent_on,
            received_on=received_on,
            by=scene.lead,
            today=received_on,
            now=in_office_hours(received_on, "copy-received"),
        )
