"""The rows of the outstanding list in words, and as its page has them."""

from functools import lru_cache
from typing import NamedTuple

from flask import get_template_attribute
from markupsafe import Markup

from cycle_tracker.core import addresses
from cycle_tracker.documents.queries.documents import Document
from cycle_tracker.documents.web.versions import interim_words
from cycle_tracker.web.wording import day

KEPT_TABLES = 64


class OutstandingRow(NamedTuple):
    """One document in the table."""

    number: int
    title: str
    address: str
    partnership: str
    partnership_address: str
    guidance_date: str
    days_past: str
    lag: str
    published: str
    expected: str
    explanation: str
    escalated: str
    raised: str


@lru_cache(KEPT_TABLES)
def rows_of_table(documents: tuple[Document, ...], shown: tuple[str, ...], *, asks: bool) -> Markup:
    """Kept under all that they are made from: nothing else is in them, so what was made once is right for everybody to
    whom these documents may be shown."""
    macro = get_template_attribute("national/outstanding/_rows.html", "outstanding_rows")
    rows: Markup = macro([_line(one) for one in documents], shown, asks)
    return rows


def _line(document: Document) -> OutstandingRow:
    published = day(document.published_on) if document.published_on else "Date not known"
    return OutstandingRow(
        number=document.milestone_id,
        title=document.title,
        address=addresses.milestone(document.partnership_slug, document.key),
        partnership=document.partnership_name,
        partnership_address=addresses.partnership(document.partnership_slug),
        guidance_date=first_date(document),
        days_past=f"{document.days_past:,}" if not document.published or document.published_on else "Not known",
        lag=_lag(document),
        published=published if document.published else "",
        expected=f"New expected date {day(document.expected_on)}" if document.expected_on else "",
        explanation=document.explanation,
        escalated=f"Escalated on {day(document.escalated_on)}" if document.escalated_on else "",
        raised=f"Escalated to the Scottish Government escalation group on {day(document.raised_on)}"
        if document.raised_on
        else "",
    )


def first_date(document: Document) -> str:
    """The guidance date, of a late-started plan the own start from which its days are counted, and the interim plan
    that stands in place of the plan with its last day."""
    found = [day(document.target_on)]
    if document.own_start_on is not None:
        found.append(f"Own start {day(document.own_start_on)}")
    if document.interim_until is not None:
        found.append(interim_words(document.interim_until))
    return ". ".join(found)


def _lag(document: Document) -> str:
    """The lag of a report; a plan has none, and one published on an unknown day has one that nobody knows."""
    if document.published and document.published_on is None:
        return "Not known"
    return "–" if document.lag is None else f"{document.lag:,}"
