"""Steps of the guidance say in plain words what to do: their titles, the evidence asked for and the basis of dates.

Revision 0009, after 0008. A cycle copies these words when it is opened, and keeps the template that it was made from.
So both are renamed, but only where they still say exactly what the template said.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Of each step: where the words are, what they were and what they are. A title may have a year or a period in it.
TITLE, EVIDENCE, DATE = "title", "evidence", "date_citation"
WORDS = [
    (
        "lead-and-timetable",
        TITLE,
        "Confirm the lead, the lead bodies and the timetable",
        "Agree the lead officer, lead bodies and timetable",
    ),
    ("lead-and-timetable", EVIDENCE, "Named lead and dated timetable", "Name of the lead officer and dated timetable"),
    (
        "needs-assessment",
        EVIDENCE,
        "Needs assessment, its methods and its list of data",
        "Needs assessment, with its methods and data sources",
    ),
    ("invite-bodies", EVIDENCE, "One invitation for each body", "Invitation to each body"),
    (
        "invite-bodies",
        DATE,
        "from 12 months before the period, every body by 6 months before",
        "12 to 6 months before the period",
    ),
    ("scope-consultation", TITLE, "Agree whom to consult", "Agree who to consult"),
    ("scope-consultation", EVIDENCE, "List of those to consult", "List of people and organisations to consult"),
    ("engage-families", TITLE, "Engage children and families", "Engage with children, young people and families"),
    (
        "engage-families",
        EVIDENCE,
        "Summary of what was heard and what changed",
        "Summary of what people said and what changed",
    ),
    (
        "priorities",
        EVIDENCE,
        "Minute of the decision, tied to the needs assessment",
        "Minute of the decision, with links to the needs assessment",
    ),
    (
        "resources",
        TITLE,
        "Set out the shared picture of resources",
        "Set out shared budgets, workforce and other resources",
    ),
    ("draft-plan", EVIDENCE, "Draft version", "Draft plan"),
    ("consultation-opening", EVIDENCE, "List of those consulted", "List of people and organisations consulted"),
    ("approvals", TITLE, "Approve the plan in each lead body", "Get each lead body’s approval"),
    ("approvals", EVIDENCE, "A minute of each lead body", "Minute from each lead body"),
    ("send-to-ministers", EVIDENCE, "Day sent and receipt", "Date sent and receipt"),
    ("send-to-providers", EVIDENCE, "One receipt for each body", "Receipt from each body"),
    (
        "publish-plan",
        EVIDENCE,
        "Address, date, accessible or child version",
        "Web address, date, child-friendly version",
    ),
    (
        "review",
        EVIDENCE,
        "Review note: services as planned, impact, what should change",
        "Review note on services delivered, their impact and what should change",
    ),
    (
        "review",
        DATE,
        "2016 guidance, paragraphs 120 and 136: tied to the annual report, and never 15 months without one",
        "2016 guidance, paragraphs 120 and 136: with the annual report, and at most 15 months after the last review",
    ),
    ("annual-report", EVIDENCE, "Address, date and summary", "Web address, date and summary"),
    (
        "tell-government",
        TITLE,
        "Tell Scottish Government of the annual report on {year}",
        "Send the annual report on {year} to the Scottish Government",
    ),
    ("tell-government", EVIDENCE, "Day sent, or the address recorded", "Date sent, or web address recorded"),
    (
        "national-review",
        EVIDENCE,
        "A rating for each criterion and a feedback note",
        "Rating for each criterion and a feedback note",
    ),
    (
        "national-review",
        DATE,
        "19 to 26 months into the period, as seen before",
        "19 to 26 months into the period, as in earlier reviews",
    ),
    ("close-cycle", TITLE, "Close the cycle {period}", "Close the planning cycle {period}"),
    ("close-cycle", EVIDENCE, "Note of lessons", "Note of lessons learned"),
]
GAPS = ("{year}", "{period}")
GAP_LENGTH = len("2026–29")

milestones = sa.table(
    "milestones", *(sa.column(name, sa.String()) for name in ("key", "title", "evidence_asked", "date_citation"))
)
editions = sa.table("template_editions", sa.column("id", sa.Integer()), sa.column("entries", sa.JSON()))
COLUMNS = {
    TITLE: milestones.c.title,
    EVIDENCE: milestones.c.evidence_asked,
    DATE: milestones.c.date_citation,
}


def upgrade() -> None:
    _rename([(step, part, old, new) for step, part, old, new in WORDS])


def downgrade() -> None:
    _rename([(step, part, new, old) for step, part, old, new in WORDS])


def _rename(words) -> None:
    connection = op.get_bind()
    for step, part, old, new in words:
        _rename_milestones(connection, step, COLUMNS[part], old, new)
    for row in connection.execute(sa.select(editions).order_by(editions.c.id)).all():
        entries = [_renamed(entry, words) for entry in row.entries]
        if entries != row.entries:
            connection.execute(sa.update(editions).where(editions.c.id == row.id).values(entries=entries))


def _rename_milestones(connection, step, column, old, new) -> None:
    """Give the milestones of a step the new words, each with its own year or period, if they have exactly the old."""
    before, after = _around_the_gap(old)
    new_before, new_after = _around_the_gap(new)
    if after is None:
        says_the_old, new_words = column == old, new
    else:
        says_the_old = sa.and_(
            sa.func.length(column) == len(before) + GAP_LENGTH + len(after),
            sa.func.substr(column, 1, len(before)) == before,
            sa.func.substr(column, len(before) + GAP_LENGTH + 1) == after,
        )
        gap = sa.func.substr(column, len(before) + 1, GAP_LENGTH, type_=sa.String())
        new_words = sa.literal(new_before) + gap + sa.literal(new_after)
    is_the_step = sa.or_(milestones.c.key.like(f"____-__.{step}"), milestones.c.key.like(f"____-__.{step}-_"))
    connection.execute(sa.update(milestones).where(is_the_step, says_the_old).values({column: new_words}))


def _around_the_gap(words):
    """What is before and after the year or the period; after is None if there is neither."""
    for gap in GAPS:
        if gap in words:
            before, _, after = words.partition(gap)
            return before, after
    return words, None


def _renamed(entry, words):
    renamed = dict(entry)
    for step, part, old, new in words:
        if renamed["key"] == step and renamed[part] == old:
            renamed[part] = new
    return renamed
