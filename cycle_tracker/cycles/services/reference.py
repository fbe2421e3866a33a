"""Loading the facts of the field. Run again it changes nothing, but for what the files now say otherwise.

What people decide stays theirs: a mailbox, a template that an administrator edited, a body that left a partnership.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from cycle_tracker.core.extensions import Base, db
from cycle_tracker.core.periods import FIRST_START
from cycle_tracker.cycles.queries.template_files import read_templates
from cycle_tracker.cycles.rules.templates import Template
from cycle_tracker.cycles.services.template_corrections import correct_running_cycles
from cycle_tracker.models.cycle import TemplateEdition
from cycle_tracker.models.organisation import OldCode, Organisation, OrganisationKind
from cycle_tracker.models.partnership import BodyRole, Partnership, PartnershipBody
from cycle_tracker.models.reference import AlignedReport, Criterion
from cycle_tracker.reference.files import read_partnerships, read_rows

LEADS_FROM: date = FIRST_START
"""The lead bodies hold the duties of Part 3 from the first period on (2014 Act, section 7(6))."""


@dataclass
class Loaded:
    """Of one sort of fact: how many there are, how many of them are new, how many were put right, and how many were
    left because a person had changed them."""

    total: int = 0
    new: int = 0
    changed: int = 0
    kept: int = 0


def load_reference(now: datetime) -> dict[str, Loaded]:
    """Load organisations, partnerships, criteria, aligned reports and cycle templates, and put right in running cycles
    what a template had wrong; counts, by what they are."""
    return {
        "organisations": load_organisations(),
        "old codes": _load_old_codes(),
        "partnerships": _load_partnerships(),
        "lead bodies": _load_lead_bodies(),
        "criteria": _load_criteria(),
        "aligned reports": _load_aligned_reports(),
        "template editions": load_templates(now),
        "steps to correct": _correct_running_cycles(now),
    }


def load_organisations() -> Loaded:
    """Load councils, health boards and the bodies that work with all of Scotland. Flushes."""
    rows = {
        body.code: {"name": body.name, "kind": kind}
        for partnership in read_partnerships()
        for kind, bodies in (
            (OrganisationKind.COUNCIL, partnership.councils),
            (OrganisationKind.HEALTH_BOARD, partnership.health_boards),
        )
        for body in bodies
    }
    rows |= {
        row["code"]: {"name": row["name"], "kind": OrganisationKind(row["kind"])}
        for row in read_rows("national_bodies")
    }
    known = {one.code: one for one in db.session.scalars(select(Organisation).order_by(Organisation.id))}
    return _load(Organisation, "code", known, rows)


def _load_old_codes() -> Loaded:
    organisations = _organisation_ids()
    rows = {row["old_code"]: {"organisation_id": organisations[row["code"]]} for row in read_rows("old_codes")}
    known = {one.code: one for one in db.session.scalars(select(OldCode).order_by(OldCode.code))}
    return _load(OldCode, "code", known, rows)


def _load_partnerships() -> Loaded:
    rows = {row.slug: {"name": row.name, "other_names": row.other_names} for row in read_partnerships()}
    known = {one.slug: one for one in db.session.scalars(select(Partnership).order_by(Partnership.id))}
    return _load(Partnership, "slug", known, rows)


def _load_lead_bodies() -> Loaded:
    """Only what is missing: who leads may since have been given an end, which this must not take back."""
    organisations = _organisation_ids()
    partnerships = {one.slug: one.id for one in db.session.scalars(select(Partnership).order_by(Partnership.id))}
    known = {
        (row.partnership_id, row.organisation_id)
        for row in db.session.scalars(select(PartnershipBody).order_by(PartnershipBody.id))
    }
    wanted = [
        (partnerships[row.slug], organisations[body.code])
        for row in read_partnerships()
        for body in (*row.councils, *row.health_boards)
    ]
    missing = [pair for pair in wanted if pair not in known]
    db.session.add_all(
        PartnershipBody(
            partnership_id=partnership_id, organisation_id=organisation_id, role=BodyRole.LEAD, from_on=LEADS_FROM
        )
        for partnership_id, organisation_id in missing
    )
    db.session.flush()
    return Loaded(total=len(wanted), new=len(missing))


def _load_criteria() -> Loaded:
    rows = {
        row["number"]: {
            "position": position,
            "name": row["name"],
            "asks": row["asks"],
            **{name: int(row[name]) if row[name] else None for name in row if name.endswith(("2023_26", "2020_23"))},
            "note": row["note"],
        }
        for position, row in enumerate(read_rows("criteria"), start=1)
    }
    known = {one.number: one for one in db.session.scalars(select(Criterion).order_by(Criterion.position))}
    return _load(Criterion, "number", known, rows)


def _load_aligned_reports() -> Loaded:
    rows = {
        row["name"]: {
            **{name: row[name] for name in ("statute", "frequency", "due_rule", "prepared_by", "goes_to", "marking")},
            "period_end": row["period_end_mmdd"],
            "expected_by": row["expected_by_mmdd"],
        }
        for row in read_rows("aligned_reports")
    }
    known = {one.name: one for one in db.session.scalars(select(AlignedReport).order_by(AlignedReport.name))}
    return _load(AlignedReport, "name", known, rows)


def load_templates(now: datetime) -> Loaded:
    """Load the cycle templates alone: each edition that says something new as a new version. Flushes."""
    loaded = Loaded()
    for template in read_templates():
        loaded.total += 1
        loaded.new += _load_template(template, now)
    db.session.flush()
    return loaded


def _correct_running_cycles(now: datetime) -> Loaded:
    corrected = correct_running_cycles(read_templates(), now)
    return Loaded(total=corrected.changed + corrected.kept, changed=corrected.changed, kept=corrected.kept)


def _load_template(template: Template, now: datetime) -> bool:
    """Keep a template as a new version, unless one of those kept already says the same."""
    kept = db.session.scalars(
        select(TemplateEdition)
        .where(TemplateEdition.edition == template.edition)
        .order_by(TemplateEdition.version.desc())
    ).all()
    entries = template.to_json()
    if any(one.entries == entries for one in kept):
        return False
    db.session.add(
        TemplateEdition(
            edition=template.edition,
            version=kept[0].version + 1 if kept else 1,
            title=template.title,
            first_period=template.first_period,
            entries=entries,
            loaded_at=now,
        )
    )
    return True


def _load(model: type[Base], key: str, known: dict[str, Any], rows: dict[str, dict[str, Any]]) -> Loaded:
    """Add the rows that are missing, by their key, and put right those that say something else."""
    loaded = Loaded(total=len(rows))
    for name, values in rows.items():
        row = known.get(name)
        if row is None:
            db.session.add(model(**{key: name, **values}))
            loaded.new += 1
        elif any(getattr(row, column) != value for column, value in values.items()):
            for column, value in values.items():
                setattr(row, column, value)
            loaded.changed += 1
    db.session.flush()
    return loaded


def _organisation_ids() -> dict[str, int]:
    return {one.code: one.id for one in db.session.scalars(select(Organisation).order_by(Organisation.id))}
