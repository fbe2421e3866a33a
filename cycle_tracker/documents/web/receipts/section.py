"""The part of a document's page in which officials record its receipt."""

from dataclasses import dataclass
from datetime import date

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.documents.queries.receipts import find_recorder
from cycle_tracker.milestones.queries.milestones import government_copy, government_copy_among, holds
from cycle_tracker.milestones.queries.on_page import OnPage
from cycle_tracker.milestones.web.details import Detail
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.publication import PublicationCopy
from cycle_tracker.web.links import url_for
from cycle_tracker.web.page_parts import Section
from cycle_tracker.web.wording import day


@dataclass(frozen=True)
class ReceiptSection:
    """Whether a document was received, in a sentence, and what can be done about it: a label and its address."""

    words: str
    label: str
    address: str


def section_of(on_page: OnPage, viewer: Viewer, _detail: Detail, today: date) -> Section | None:
    """For officials: whether the document was received. One statement, where somebody recorded its receipt."""
    milestone = on_page.milestone
    if not milestone.is_document or not holds(viewer, Permission.RECORD_RECEIPTS, milestone):
        return None
    if milestone.opens_on is not None and today < milestone.opens_on:
        return None
    return Section("documents/receipts/section.html", _receipt(on_page))


def _receipt(on_page: OnPage) -> ReceiptSection:
    milestone, publication = on_page.milestone, on_page.publication
    slug = milestone.partnership.slug if milestone.partnership else ""
    record = url_for("receipts.receive", slug=slug, key=milestone.key)
    waiting = government_copy_among(on_page.copies)
    if waiting is not None:
        return _of_copy(waiting, milestone, "The plan is not recorded as published. ")
    if publication is None or publication.is_draft:
        words = "The partnership has not recorded that this is published. If you have received it, record that here."
        return ReceiptSection(words, "Record that it was received", record)
    copy = government_copy(publication)
    if copy is None:
        words = "The partnership has not recorded that it sent this. If you received it another way, record that here."
        return ReceiptSection(words, "Record that it was received", record)
    return _of_copy(copy, milestone)


def _of_copy(copy: PublicationCopy, milestone: Milestone, more: str = "") -> ReceiptSection:
    slug = milestone.partnership.slug if milestone.partnership else ""
    if copy.received_on is None:
        record = url_for("receipts.receive", slug=slug, key=milestone.key)
        sent = f"Sent on {day(copy.sent_on)}" if copy.sent_on else "Sent, but the date is not known"
        return ReceiptSection(f"{sent}. {more}No receipt is recorded yet.", "Record receipt", record)
    by = find_recorder(copy)
    words = f"Received on {day(copy.received_on)}{f', recorded by {by}' if by else ''}. {more}".strip()
    return ReceiptSection(words, "Undo this receipt", url_for("receipts.undo", slug=slug, key=milestone.key))
