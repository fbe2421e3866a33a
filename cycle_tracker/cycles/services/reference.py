"""Loading the facts of the field. Run again it changes nothing, but for what the files now say otherwise.

What people decide stays theirs: a mailbox, a body that left a partnership, and an organisation or a template that an
administrator edited.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update

from cycle_tracker.core.extensions import db
from cycle_tracker.cycles.queries.template_files import read_templates
from cycle_tracker.cycles.rules.templates import Template
from cycle_tracker.cycles.services.loading import Loaded, load_rows
from cycle_tracker.cycles.services.reference_bodies import (
    load_integration_joint_boards,
    load_lead_bodies,
    load_old_codes,
    load_organisations,
)
from cycle_tracker.cycles.services.template_corrections import correct_running_cycles
from cycle_tracker.models.cycle import TemplateEdition
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.reference import AlignedReport, Criterion
from cycle_tracker.reference.files import PartnershipRow, read_partnerships, read_rows


def load_reference(now: datetime) -> dict[str, Loaded]:
    """Load organisations, partnerships, criteria, aligned reports and cycle templates, and put right in running cycles
    what a template had wrong; counts, by what they are."""
    return {
        "organisations": load_organisations(),
        "old codes": load_old_codes(),
        "partnerships": _load_partnerships(),
        "lead bodies": load_lead_bodies(),
        "integration joint boards": load_integration_joint_boards(),
        "criteria": _load_criteria(),
        "aligned reports": _load_aligned_reports(),
        "template editions": load_templates(now),
        "steps to correct": _correct_running_cycles(now),
    }


def _load_partnerships() -> Loaded:
    rows = {row.slug: {"name": row.name, "other_names": row.other_names} for row in read_partnerships()}
    known = {one.slug: one for one in db.session.scalars(select(Partnership).order_by(Partnership.id))}
    loaded = load_rows(Partnership, "slug", known, rows)
    fill_in_contacts(read_partnerships())
    return loaded


def fill_in_contacts(known: Iterable[PartnershipRow]) -> None:
    """Keep the web addresses and mailboxes that are known, where nobody has said anything: what a person entered, or
    took away, stays so."""
    for row in known:
        for column in (Partnership.web_address, Partnership.mailbox):
            if value := getattr(row, column.key):
                unknown = (Partnership.slug == row.slug, column.is_(None))
                db.session.execute(update(Partnership).where(*unknown).values({column: value}))


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
    return load_rows(Criterion, "number", known, rows)


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
    return load_rows(AlignedReport, "name", known, rows)


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
