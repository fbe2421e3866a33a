"""Words of one line: titles, names, references and addresses lose the line ends, control and format characters that
forms of earlier versions let through.

Revision 0007, after 0006. What was taken out does not come back: the older version reads the words as well without it.
"""

import re
from unicodedata import category

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WRITTEN = {
    "approvals": ["made_by", "meeting", "minute"],
    "closure_days": ["name"],
    "contacts": ["name", "organisation"],
    "decisions": ["referred_to", "minute"],
    "evidence": ["title", "address"],
    "groups": ["name"],
    "invitations": ["name"],
    "meetings": ["title", "minutes"],
    "milestones": ["title", "evidence_asked", "duty_citation", "date_citation"],
    "organisations": ["name", "mailbox"],
    "partnerships": ["name", "other_names"],
    "publication_addresses": ["address"],
    "sign_in_sessions": ["browser"],
    "stored_files": ["name"],
    "users": ["name"],
}
"""The columns that people fill in words of their own; what is held to a form, such as a key, never had such characters."""

EMPTY = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0]")
UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
EMOJI = "\u00a9\u00ae\u2190-\u2bff\U0001f000-\U0001faff"
JOINING = "\u0620-\u065f\u066e-\u06d3\u06fa-\u06ff\u0710-\u074a\u0750-\u077f\u08a0-\u08c9\u0900-\u0dff"
FLAGS = "|".join("".join(chr(0xE0000 + ord(letter)) for letter in nation) for nation in ("gbeng", "gbsct", "gbwls"))
NEEDED = re.compile(
    f"(\U0001f3f4(?:{FLAGS})\U000e007f"
    f"|(?<=[{EMOJI}\ufe0f])\u200d(?=[{EMOJI}])"
    f"|(?<=[{JOINING}])[\u200c\u200d](?=[{JOINING}]))"
)
"""Joiners and tags without which an emoji or a word would be another."""


def one_line(text):
    parts = NEEDED.split(" ".join(EMPTY.sub("", text).split()))
    parts[::2] = ["".join(sign for sign in part if category(sign) not in UNSEEN) for part in parts[::2]]
    return " ".join("".join(parts).split())


def upgrade() -> None:
    connection = op.get_bind()
    for name, columns in WRITTEN.items():
        table = sa.table(name, sa.column("id"), *(sa.column(column, sa.String()) for column in columns))
        for row in connection.execute(sa.select(table).order_by(table.c.id)).mappings().all():
            lines = {column: one_line(row[column]) for column in columns if row[column] is not None}
            changed = {column: line for column, line in lines.items() if line != row[column]}
            if changed:
                connection.execute(sa.update(table).where(table.c.id == row["id"]).values(changed))


def downgrade() -> None:
    """Nothing to undo."""
