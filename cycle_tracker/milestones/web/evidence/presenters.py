"""Evidence in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.file_kinds import FileKind, size_words
from cycle_tracker.milestones.queries.evidence import may_remove
from cycle_tracker.models.evidence import Evidence, StoredFile
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.web.links import url_for
from cycle_tracker.web.wording import day

BY_MEDIA_TYPE = {kind.media_type: kind for kind in FileKind}


@dataclass(frozen=True)
class EvidenceRow:
    """One piece of evidence: where it is read, and what is known of it. `is_file` marks what is downloaded.

    `remove` is the address at which it is taken away, for those who may.
    """

    title: str
    address: str
    about: str
    is_file: bool
    remove: str


def pieces(evidence: Iterable[Evidence], milestone: Milestone, viewer: Viewer) -> list[EvidenceRow]:
    """Evidence as the page of its milestone lists it."""
    slug = milestone.partnership.slug if milestone.partnership else ""
    return [
        EvidenceRow(
            title=one.title,
            address=one.address or url_for("evidence.download", slug=slug, key=milestone.key, evidence_id=one.id),
            about=f"{_what(one)}, added by {one.added_by.name} on {day(london_day(one.added_at))}",
            is_file=one.file is not None,
            remove=url_for("evidence.remove", slug=slug, key=milestone.key, evidence_id=one.id)
            if may_remove(viewer, milestone, one)
            else "",
        )
        for one in evidence
    ]


def _what(evidence: Evidence) -> str:
    if evidence.file is None:
        return f"Web address {evidence.address}"
    return file_words(evidence.file)


def file_words(file: StoredFile) -> str:
    """A file in a few words: `minute.pdf, PDF, 1.2 MB`."""
    kind = BY_MEDIA_TYPE.get(file.media_type)
    label = kind.label.partition(" ")[2] if kind else "file"
    return f"{file.name}, {label}, {size_words(file.size)}"
