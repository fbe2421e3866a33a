"""Recording the copies of a document that were sent, putting one right, and taking its record back. A plan may be sent
before it is published: its copies wait until then."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.documents.queries.document_records import DocumentRecord
from cycle_tracker.documents.queries.publications import get_document, get_record
from cycle_tracker.documents.queries.revisions.of_plans import get_coming_record, get_plan_in_preparation
from cycle_tracker.documents.services.document_copies import correct_copy, record_copies_sent, take_back_copy
from cycle_tracker.documents.services.sendings import ensure_mailboxes, send_copy
from cycle_tracker.documents.services.waiting_copies import record_waiting_copies
from cycle_tracker.documents.web.publications.forms import CopiesForm, CopyForm
from cycle_tracker.documents.web.reasons import do_with_reason
from cycle_tracker.milestones.web.newest import changed_by_others
from cycle_tracker.milestones.web.places import page_of
from cycle_tracker.models.approval import Revision
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.publication import Publication, PublicationCopy
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.saving import Attempt

bp = Blueprint("copies", __name__, url_prefix="/partnerships/<slug>/milestones/<key>/publication/copies")
SENDING = "The emails are being sent. Each copy is recorded as sent when the mail server accepts it."
ONE = "/<int(max=2147483647):receiver_id>"


@dataclass(frozen=True)
class _Place:
    """What copies are of: a document, or the revision of a plan that is in preparation; and those that are recorded."""

    record: DocumentRecord
    revision: Revision | None = None

    @property
    def address(self) -> str:
        """Where the page shows them."""
        return page_of(self.record.document, anchor="revision" if self.revision is not None else None)


@bp.route("", methods=["GET", "POST"])
@requires(Permission.RECORD_PUBLICATION)
def record(slug: str, key: str) -> ResponseReturnValue:
    """Record who was sent a copy, or with `by` email, send it. Everybody who is to have one stands ticked,
    but for those to whom an email is on its way. Before a plan is published nothing is emailed from here."""
    return _record_page(_get(slug, key))


@bp.route("/revision", methods=["GET", "POST"])
@requires(Permission.RECORD_PUBLICATION)
def record_coming(slug: str, key: str) -> ResponseReturnValue:
    """Record who was sent a copy of the revised plan, before that is published."""
    return _record_page(_get_coming(slug, key))


def _record_page(place: _Place) -> ResponseReturnValue:
    record = place.record
    document, choices, publication = record.document, record.may_receive, _version_of(record)
    form = CopiesForm()
    form.offer(choices, with_mailbox=publication is not None)
    if not form.is_submitted():
        form.receivers.data = [
            str(one.id)
            for one in choices
            if one in record.receivers
            and (publication is None or one.kind is not OrganisationKind.SCOTTISH_GOVERNMENT)
            and not record.is_being_sent_to(one)
        ]
    by_email = publication is not None and request.form.get("by") == "email"
    attempt = Attempt(form, document)
    if attempt.validate():
        with attempt:
            _send_or_record(place, publication, form, choices, by_email=by_email)
    if attempt.saved:
        flash(SENDING if by_email else "Saved. The copies are listed below.", "success")
        return redirect(place.address)
    return render_template(
        "documents/publications/copies.html",
        document=document,
        form=form,
        choices=choices,
        coming=place.revision is not None,
        is_published=publication is not None,
        is_prepared=document.state is State.DONE,
        has_mailbox=publication is not None and any(one.mailbox for one in choices),
        has_kept_copy=publication is not None and publication.kept_copy_id is not None,
        changed=changed_by_others(attempt, document),
    ), attempt.status


@bp.route(ONE, methods=["GET", "POST"])
@requires(Permission.RECORD_PUBLICATION)
def correct(slug: str, key: str, receiver_id: int) -> ResponseReturnValue:
    """When one receiver was sent a copy, and a receipt that came back."""
    return _correct_page(_get(slug, key), receiver_id)


@bp.route(f"/revision{ONE}", methods=["GET", "POST"])
@requires(Permission.RECORD_PUBLICATION)
def correct_coming(slug: str, key: str, receiver_id: int) -> ResponseReturnValue:
    """The same of a copy of the revised plan, before that is published."""
    return _correct_page(_get_coming(slug, key), receiver_id)


def _correct_page(place: _Place, receiver_id: int) -> ResponseReturnValue:
    document, copy = _copy(place, receiver_id)
    receiver = copy.receiver.name
    form = CopyForm(sent_on=copy.sent_on, received_on=copy.received_on)
    attempt = Attempt(form, document)
    if attempt.validate():
        with attempt:
            correct_copy(
                document,
                copy,
                sent_on=form.sent_on.data,
                received_on=form.received_on.data,
                by=current_user_row(),
                today=clock.today(),
                now=clock.now(),
                confirmed=form.confirmed.data,
            )
    if attempt.saved:
        flash(f"Saved. The copy to {receiver} is updated.", "success")
        return redirect(place.address)
    return render_template(
        "documents/publications/copy.html",
        document=document,
        form=form,
        copy=copy,
        coming=place.revision is not None,
        changed=changed_by_others(attempt, document),
    ), attempt.status


@bp.route(f"{ONE}/taking-back", methods=["GET", "POST"])
@requires(Permission.RECORD_PUBLICATION)
def take_back(slug: str, key: str, receiver_id: int) -> ResponseReturnValue:
    """Take back the record of a copy that was not sent."""
    return _take_back_page(_get(slug, key), receiver_id)


@bp.route(f"/revision{ONE}/taking-back", methods=["GET", "POST"])
@requires(Permission.RECORD_PUBLICATION)
def take_back_coming(slug: str, key: str, receiver_id: int) -> ResponseReturnValue:
    """The same of a copy of the revised plan, before that is published."""
    return _take_back_page(_get_coming(slug, key), receiver_id)


def _take_back_page(place: _Place, receiver_id: int) -> ResponseReturnValue:
    document, copy = _copy(place, receiver_id)
    receiver = copy.receiver.name
    return do_with_reason(
        document,
        partial(take_back_copy, document, copy),
        template="documents/publications/take_back.html",
        saved=lambda: f"Saved. The copy to {receiver} is removed.",
        onward=place.address,
        receiver=receiver,
        coming=place.revision is not None,
    )


def _send_or_record(
    place: _Place,
    publication: Publication | None,
    form: CopiesForm,
    choices: Sequence[Organisation],
    *,
    by_email: bool,
) -> None:
    """Raises RuleBroken where nobody is chosen, nothing is said of the date, or one of those chosen cannot be sent a
    copy."""
    by, now, chosen = current_user_row(), clock.now(), form.chosen(choices)
    sent_on, today, confirmed = form.sent_on.data, clock.today(), form.confirmed.data
    if sent_on is None and not by_email and not form.date_not_known.data:
        # Organisations stand ticked: one press would say of all of them that they were sent a copy.
        raise RuleBroken("Enter the date, or select “The date is not known”.", field="sent_on")
    if publication is None:
        record_waiting_copies(
            place.record.document,
            chosen,
            sent_on=sent_on,
            by=by,
            today=today,
            now=now,
            confirmed=confirmed,
            revision=place.revision,
        )
        return
    if not by_email:
        record_copies_sent(publication, chosen, sent_on=sent_on, by=by, today=today, now=now, confirmed=confirmed)
        return
    if not chosen:
        raise RuleBroken("Choose who to send a copy to.", field="receivers")
    ensure_mailboxes(chosen)
    for receiver in chosen:
        send_copy(publication, receiver, by=by, now=now)


def _get(slug: str, key: str) -> _Place:
    """What is recorded of a document of which copies may be: of a plan, or of a report that is published.

    Raises NoResultFound for any other.
    """
    record = get_record(get_document(current_viewer(), slug, key, to=Permission.RECORD_PUBLICATION), clock.today())
    if record.publication is None and record.document.kind is not Kind.PLAN:
        raise NoResultFound
    return _Place(record)


def _get_coming(slug: str, key: str) -> _Place:
    """The same of the revision of a plan that is in preparation. Raises NoResultFound where none is."""
    plan, revision = get_plan_in_preparation(current_viewer(), slug, key, to=Permission.RECORD_PUBLICATION)
    return _Place(get_coming_record(plan, revision, clock.today()), revision)


def _version_of(record: DocumentRecord) -> Publication | None:
    """The version that copies are of; None where they wait for it. A draft of a report is sent to nobody."""
    return record.publication if record.is_published or record.document.kind is not Kind.PLAN else None


def _copy(place: _Place, receiver_id: int) -> tuple[Milestone, PublicationCopy]:
    """A document and its copy to one receiver. Raises NoResultFound where none is recorded."""
    found = place.record.copy_to(receiver_id)
    if found is None:
        raise NoResultFound
    return place.record.document, found
