"""What is not recorded yet beside a document that is published. Gaps are shown, and block nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class About(StrEnum):
    """The part of a document's facts in which something is missing."""

    PUBLICATION = "publication"
    APPROVALS = "approvals"
    COPIES = "copies"


@dataclass(frozen=True)
class Gap:
    """One thing that is missing, in a sentence for a page."""

    about: About
    words: str


@dataclass(frozen=True)
class ApprovalFacts:
    """What is known of one lead body's decision. `open` says why it has not agreed to the document, empty if it has."""

    body: str
    recorded: bool
    dated: bool = False
    minuted: bool = False
    open: str = ""


@dataclass(frozen=True)
class CopyFacts:
    """What is known of the copy to one receiver. A copy may be sent on a day that nobody knows. Before it is sent it
    may be under way by email, or its email may have been refused."""

    receiver: str
    sent: bool
    dated: bool = False
    received: bool = False
    under_way: bool = False
    refused: bool = False


@dataclass(frozen=True)
class GapFacts:
    """What is known of one document.

    `is_plan` says that it goes to each receiver (2014 Act, section 10(7)(a)) and is wanted in a form for children; a
    report is wanted with a summary (statutory guidance on section 13). `prepared` says that a plan is recorded as
    prepared. `before_service` marks what fell due before the partnership used the service: of that nobody is asked for
    minutes, copies or receipts.
    """

    published: bool
    is_plan: bool
    prepared: bool = True
    draft: bool = False
    interim: bool = False
    interim_until_known: bool = True
    before_service: bool = False
    date_known: bool = False
    full_address: bool = False
    child_form: bool = False
    summary_form: bool = False
    approvals: Sequence[ApprovalFacts] = ()
    copies: Sequence[CopyFacts] = ()


def gaps_of(facts: GapFacts) -> list[Gap]:
    """What is missing, in the order in which the page shows its parts.

    Before the document is published nothing is missing yet, but for the date and minute of an approval that is there,
    and the preparation of a plan that was sent. Copies are of the plan itself: of an interim plan none is looked for.
    """
    if not facts.published or facts.draft:
        recorded = [one for one in facts.approvals if one.recorded]
        draft = [Gap(About.PUBLICATION, "Only a draft is published.")] if facts.draft else []
        return [*draft, *_of_approvals(recorded), *_of_preparation(facts)]
    if facts.before_service:
        return list(_of_the_place_and_day(facts))
    return [
        *_of_the_place_and_day(facts),
        *_of_forms(facts),
        *_of_approvals(facts.approvals),
        *(_of_preparation(facts) if facts.is_plan and facts.interim else _of_copies(facts.copies)),
    ]


def gaps_about(gaps: Iterable[Gap], about: About) -> list[str]:
    """The sentences about one part."""
    return [gap.words for gap in gaps if gap.about is about]


def _of_the_place_and_day(facts: GapFacts) -> Iterable[Gap]:
    if facts.interim:
        yield Gap(About.PUBLICATION, "An interim version is published. The final version is not published yet.")
        if facts.is_plan and not facts.interim_until_known:
            yield Gap(About.PUBLICATION, "The last day that the interim plan covers is not recorded.")
    if not facts.date_known:
        yield Gap(About.PUBLICATION, "The publication date is not known.")
    if not facts.full_address:
        yield Gap(About.PUBLICATION, "The web address of the full document is not recorded.")


def _of_forms(facts: GapFacts) -> Iterable[Gap]:
    if facts.is_plan and not facts.child_form:
        yield Gap(About.PUBLICATION, "No version for children and young people is recorded.")
    if not facts.is_plan and not facts.summary_form:
        yield Gap(About.PUBLICATION, "No summary is recorded.")


def _of_approvals(approvals: Iterable[ApprovalFacts]) -> Iterable[Gap]:
    for one in approvals:
        if not one.recorded:
            yield Gap(About.APPROVALS, f"The approval of {one.body} is not recorded.")
        elif one.open:
            yield Gap(About.APPROVALS, one.open)
        elif not one.dated:
            yield Gap(About.APPROVALS, f"The date of the approval of {one.body} is missing.")
        elif not one.minuted:
            yield Gap(About.APPROVALS, f"The minute of the approval of {one.body} is missing.")


def _of_preparation(facts: GapFacts) -> Iterable[Gap]:
    if facts.is_plan and not facts.prepared and any(one.sent for one in facts.copies):
        yield Gap(About.COPIES, "A copy was sent, but the plan is not recorded as prepared.")


def _of_copies(copies: Iterable[CopyFacts]) -> Iterable[Gap]:
    for one in copies:
        if one.refused:
            yield Gap(About.COPIES, f"The copy to {one.receiver} was not sent. The email was refused.")
        elif not one.sent and not one.under_way:
            yield Gap(About.COPIES, f"No copy to {one.receiver} is recorded.")
        elif one.sent and not one.received:
            yield Gap(About.COPIES, f"No receipt from {one.receiver} is recorded.")
