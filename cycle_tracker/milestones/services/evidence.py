"""Adding evidence to a milestone, as an address or as a file, and taking it away."""

from datetime import datetime
from hashlib import sha256

from sqlalchemy import Select, select

from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.file_kinds import tidy_name
from cycle_tracker.core.web_addresses import ensure_web_address
from cycle_tracker.jobs.services.locks import lock
from cycle_tracker.milestones.services.files import remove_content, store_file
from cycle_tracker.models.evidence import Evidence, StoredFile
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User


def add_address(milestone: Milestone, title: str, address: str, *, by: User, now: datetime) -> Evidence:
    """Add a web address as evidence; the one that is there already where the same person added the same before.

    Raises RuleBroken for what no browser could open.
    """
    try:
        ensure_web_address(address)
    except RuleBroken as rule:
        raise RuleBroken(rule.message, field="address") from rule
    lock(milestone)
    same = db.session.scalars(
        _there(milestone, title, by).where(Evidence.address == address).order_by(Evidence.id).limit(1)
    ).one_or_none()
    return same or _add(milestone, Evidence(title=title, address=address), by=by, now=now)


def add_file(milestone: Milestone, title: str, name: str, content: bytes, *, by: User, now: datetime) -> Evidence:
    """Add a file as evidence; the one that is there already where the same person added the same before.

    Raises RuleBroken, for the field `file`, for what is not kept here.
    """
    lock(milestone)
    title = title or tidy_name(name)
    same = db.session.scalars(
        _there(milestone, title, by)
        .join(Evidence.file)
        .where(StoredFile.sha256 == sha256(content).hexdigest(), StoredFile.name == tidy_name(name))
        .order_by(Evidence.id)
        .limit(1)
    ).one_or_none()
    return same or _add(milestone, Evidence(title=title, file=store_file(name, content, now=now)), by=by, now=now)


def remove_evidence(milestone: Milestone, evidence: Evidence, *, by: User, now: datetime) -> None:
    """Take evidence away: its row stays with who did it and when, the bytes of a file go."""
    evidence.removed_by_id, evidence.removed_at = by.id, now
    if evidence.file is not None:
        remove_content(evidence.file)
    audit.record_milestone(
        milestone, "evidence-removed", by=by, at=now, before={"evidence_id": evidence.id, "title": evidence.title}
    )
    db.session.flush()


def _there(milestone: Milestone, title: str, by: User) -> Select[Evidence]:
    """What this person added under this title and nobody took away: found again where a button is pressed twice."""
    return select(Evidence).where(
        Evidence.milestone_id == milestone.id,
        Evidence.title == title,
        Evidence.added_by_id == by.id,
        Evidence.removed_at.is_(None),
    )


def _add(milestone: Milestone, evidence: Evidence, *, by: User, now: datetime) -> Evidence:
    evidence.milestone_id, evidence.added_by_id, evidence.added_at = milestone.id, by.id, now
    db.session.add(evidence)
    db.session.flush()
    audit.record_milestone(
        milestone, "evidence-added", by=by, at=now, after={"evidence_id": evidence.id, "title": evidence.title}
    )
    db.session.flush()
    return evidence
