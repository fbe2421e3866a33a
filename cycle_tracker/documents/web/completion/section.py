"""The part of a step's page that says which record completes it, how much of that is there, and where it is made."""

from dataclasses import dataclass
from datetime import date

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Fact, Kind
from cycle_tracker.documents.rules.facts import progress
from cycle_tracker.documents.rules.revisions import revision_of_key
from cycle_tracker.milestones.queries.milestones import find_publication, holds
from cycle_tracker.milestones.queries.on_page import OnPage
from cycle_tracker.milestones.web.details import Detail
from cycle_tracker.milestones.web.places import page_of
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.web.links import url_for
from cycle_tracker.web.page_parts import Section

SENTENCES = {
    Fact.AGREED: "This is marked as done on the day on which the last lead body agreed to the {document}.",
    Fact.MINISTERS_SENT: (
        "This is marked as done on the day on which Scottish Ministers were sent a copy of the {document}."
    ),
    Fact.PROVIDERS_SENT: (
        "This is marked as done on the day on which the last other service provider was sent a copy of the {document}."
    ),
    Fact.COPIES_SENT: (
        "This is marked as done on the day on which the last of Scottish Ministers and the other service providers was "
        "sent a copy of the {document}."
    ),
    Fact.PUBLISHED: "This is marked as done on the day on which the {document} was published.",
}
BUTTONS = {
    Fact.AGREED: ("Record approvals", "approvals"),
    Fact.MINISTERS_SENT: ("Record the copy sent", "publication"),
    Fact.PROVIDERS_SENT: ("Record copies sent", "copies"),
    Fact.COPIES_SENT: ("Record copies sent", "copies"),
    Fact.PUBLISHED: ("Record the publication", "publication"),
}


@dataclass(frozen=True)
class CompletionPart:
    """What completes a step. `button` and `address` lead to the record; `details_not_known` is where a person says that
    it was done and nobody knows the details, and `reason` what they said."""

    sentence: str
    progress: str
    button: str
    address: str
    details_not_known: str
    reason: str


def section_of(on_page: OnPage, viewer: Viewer, detail: Detail, today: date) -> Section | None:  # noqa: ARG001
    """For the people of the partnership and auditors. Two statements at most, none for other milestones."""
    milestone = on_page.milestone
    if milestone.fact is None or milestone.fact_of_id is None or detail is not Detail.EVERYTHING:
        return None
    document = db.session.get_one(Milestone, milestone.fact_of_id)
    button, anchor = BUTTONS[milestone.fact]
    if milestone.fact is Fact.MINISTERS_SENT and not _is_published(document):
        anchor = "copies"  # with those of the other bodies: it is sent before it is published
    of_revision = revision_of_key(milestone.key) is not None
    if of_revision and milestone.is_open:
        anchor = "revision"  # once it is published its facts are those of the plan
    may_change = milestone.is_open and holds(viewer, Permission.CHANGE_OWN_MILESTONES, milestone)
    records = may_change and milestone.partnership is not None
    name = "plan" if document.kind is Kind.PLAN else "annual report"
    shown = "revised plan" if of_revision else name
    part = CompletionPart(
        sentence=SENTENCES[milestone.fact].format(document=shown),
        progress=progress(milestone.fact, milestone.fact_count, milestone.fact_total),
        button=button if milestone.is_open else f"See the {name}",
        address=page_of(document, anchor=anchor),
        details_not_known=url_for(
            "milestone_changes.details_not_known",
            slug=milestone.partnership.slug if milestone.partnership else "",
            key=milestone.key,
        )
        if records
        else "",
        reason=milestone.reason if milestone.details_not_known else "",
    )
    return Section("documents/completion/section.html", part)


def _is_published(document: Milestone) -> bool:
    publication = find_publication(document)
    return publication is not None and publication.is_document
