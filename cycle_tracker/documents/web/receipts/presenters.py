"""Receipts in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from cycle_tracker.core import addresses
from cycle_tracker.core.deadlines import days_past
from cycle_tracker.documents.queries.receipts import CopyToReceive, ReceiptSort
from cycle_tracker.documents.web.receipts.forms import ReceiptFilters
from cycle_tracker.web.links import url_for
from cycle_tracker.web.sheets import Sheet
from cycle_tracker.web.wording import count, day

COLUMNS = ("Partnership", "Document", "Published on", "Sent on", "Days since it was sent")
NOT_PUBLISHED = "Not recorded as published"
REVISION_NOT_PUBLISHED = "Revised plan, not recorded as published"


@dataclass(frozen=True)
class ToReceiveRow:
    """One document that is to be received."""

    copy_id: int
    partnership: str
    title: str
    address: str
    published: str
    sent: str
    since: str


def lines(found: Iterable[CopyToReceive], today: date) -> list[ToReceiveRow]:
    """The list as it stands on the page."""
    return [
        ToReceiveRow(
            copy_id=one.copy_id,
            partnership=one.partnership,
            title=one.title,
            address=addresses.milestone(one.slug, one.key),
            published=_published(one),
            sent=day(one.sent_on),
            since=_since(one.sent_on, today),
        )
        for one in found
    ]


def columns(filters: ReceiptFilters) -> list[Any]:
    """The headings of the list; two of them sort it."""
    by_name = filters.sort.value is ReceiptSort.PARTNERSHIP
    return [
        {"label": "Received", "hidden": True},
        {
            "label": "Partnership",
            "address": url_for("receipts.index", **filters.in_address(sort=ReceiptSort.PARTNERSHIP.value)),
            "sort": "ascending" if by_name else None,
        },
        "Document",
        "Published",
        {
            "label": "Sent",
            "address": url_for("receipts.index", **filters.in_address(sort="")),
            "sort": None if by_name else "ascending",
        },
    ]


def sheet(found: Iterable[CopyToReceive], today: date) -> Sheet:
    """The list as a file has it."""
    return Sheet(
        f"to-receive-{today.isoformat()}",
        COLUMNS,
        [
            [
                one.partnership,
                one.title,
                one.published_on if one.is_published else _published(one),
                one.sent_on,
                (today - one.sent_on).days,
            ]
            for one in found
        ],
    )


def recorded_words(number: int, received_on: date, before: int) -> str:
    """What was recorded, and how many were recorded before: `Saved. 2 documents were received on 3 July 2026.`"""
    first = f"Saved. {count(number, 'document was', 'documents were')} received on {day(received_on)}."
    if not before:
        return first
    again = f"{count(before, 'receipt was', 'receipts were')} already recorded."
    return f"{first} {again}" if number else again


def _published(one: CopyToReceive) -> str:
    if not one.is_published:
        return REVISION_NOT_PUBLISHED if one.of_revision else NOT_PUBLISHED
    return day(one.published_on) if one.published_on else "Date not known"


def _since(sent_on: date, today: date) -> str:
    days = days_past(sent_on, today)
    return f"{count(days, 'day')} ago" if days else "today"
