"""Where a plan or an annual report stands for Scottish Government.

A plan must be in place for the period that starts on 1 April (2014 Act, section 8(1); SSI 2016/255). No law fixes a day
for an annual report, so "late" is told against a guidance date, and the words are chosen with care: "past guidance
date", "explained", "outstanding". A report is complete once it is published. A plan is done once it is prepared, and
complete once it is also published and sent to Scottish Ministers.
"""

from datetime import date
from typing import NamedTuple

from cycle_tracker.core.deadlines import ALWAYS, is_before_service, is_past
from cycle_tracker.core.document_states import OUTSTANDING_AFTER_DAYS, DocumentState, last_day_before_outstanding
from cycle_tracker.core.lifecycle import State


class DocumentFacts(NamedTuple):
    """What is known of a document. Dates are London dates.

    `published` is about the document itself, not about a draft or an interim plan; `interim_until` is the last day that
    an interim plan covers. Of a plan, `is_prepared` and `sent` (to Scottish Ministers). `explained_until` is the new
    expected date of the explanation that officials may see, if there is one. `notify_from` is the day from which the
    partnership uses the service, None where it has not joined. `own_start_on` is the start of a late-started plan that
    an official has agreed.
    """

    state: State
    opens_on: date | None
    target_on: date | None
    published: bool
    sent: bool = False
    is_plan: bool = False
    is_prepared: bool = False
    interim_until: date | None = None
    explained_until: date | None = None
    notify_from: date | None = ALWAYS
    own_start_on: date | None = None

    @property
    def measured_on(self) -> date | None:
        """The day from which the document is measured: the agreed own start of a late-started plan, otherwise its
        guidance date."""
        return self.own_start_on or self.target_on


def document_state(
    facts: DocumentFacts, today: date, *, outstanding_after: int = OUTSTANDING_AFTER_DAYS
) -> DocumentState:
    """The state of a document today.

    A published document is published whatever else is missing. A document with no guidance date (the reports of
    2017–20, before the 2020 guidance named June) is never late, nor is one that fell due before `notify_from`. Of a
    partnership that has not joined, nothing is. A late-started plan is measured from its own start, and an explanation
    of a day that is not after it explains nothing.
    """
    if facts.published:
        is_complete = facts.sent or not facts.is_plan
        return DocumentState.COMPLETE if is_complete else DocumentState.PUBLISHED_COPY_NOT_SENT
    if facts.state is State.NOT_REQUIRED:
        return DocumentState.NOT_REQUIRED
    if facts.is_plan and facts.is_prepared:
        return DocumentState.PREPARED_NOT_PUBLISHED
    if facts.interim_until is not None and not is_past(facts.interim_until, today):
        return DocumentState.INTERIM
    if facts.opens_on is not None and today < facts.opens_on:
        return DocumentState.NOT_OPEN
    first = facts.measured_on
    if first is None:
        return DocumentState.NO_RECORD
    if not is_past(first, today):
        return DocumentState.OPEN
    if is_before_service(first, facts.notify_from):
        return DocumentState.NO_RECORD
    if facts.explained_until is not None and facts.explained_until > first:
        return DocumentState.OUTSTANDING if is_past(facts.explained_until, today) else DocumentState.EXPLAINED
    if today > last_day_before_outstanding(first, outstanding_after):
        return DocumentState.OUTSTANDING
    return DocumentState.PAST_GUIDANCE_DATE


def early_words(reports_on: date | None, published_on: date | None) -> str:
    """What to say of a report that was published before the year that it covers had ended; empty for any other.

    It happens, so it is recorded: Aberdeen City took its report on 2023-24 to committee on 20 February 2024.
    """
    if reports_on is None or published_on is None or published_on > reports_on:
        return ""
    ended = f"{reports_on:%-d %B %Y}"
    return f"It was published before the year it reports on ended ({ended}). Check that the date is right."


def lag_days(reports_on: date | None, published_on: date | None, today: date) -> int | None:
    """Days from the 31 March that a report covers to its publication, or to today while it is unpublished.

    None where there is nothing to measure from, or the year it covers is not over.
    """
    if reports_on is None or (published_on or today) < reports_on:
        return None
    return ((published_on or today) - reports_on).days
