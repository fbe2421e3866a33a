"""Each version of a document is a row, with the time from when to when it was known.

Revision 0014, after 0013.

Up: what is recorded of a document becomes its present version, known since it was recorded. A version before it is a
row of its own where one is known: the first version of what has a newer one, and an interim plan. What the audit keeps
of versions that were replaced, drafts too, comes back with its addresses, copies, approvals and kept copy. Approvals
belong to the version that is published, or wait for one. No date of a milestone changes, so nobody is emailed.

Back: one row for each document again, with the present version and the days that were kept of those before it. The
others, and what was corrected or undone, stay in the audit.
"""

from collections import defaultdict
from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

CHUNK = 500
DRAFT, INTERIM_PLAN, DOCUMENT = 0, 1, 2
RECORDED = {"published", "interim-published", "draft-published", "newer-version-published"}
REPLACED = {"draft-replaced", "newer-version-published"}
APPROVED = {"approval-recorded", "approval-corrected"}
UNDONE = "publication-undone"
FORMS = {"full", "summary", "child", "easy-read", "bsl"}
MANNERS = {"approved", "subject-to-changes", "delegated", "chairs-action", "deferred", "not-agreed", "noted"}

# What makes a document complete, before and now, and which columns of `publications` it hangs on.
_REST = (
    "publications.version <> 'draft' AND (milestones.kind = 'annual-report' OR (publications.version <> 'interim' "
    "AND EXISTS (SELECT 1 FROM publication_copies JOIN organisations ON organisations.id = "
    "publication_copies.receiver_id WHERE publication_copies.publication_id = publications.id AND organisations.kind = "
    "'scottish-government'))))"
)
_OF_DOCUMENT = "EXISTS (SELECT 1 FROM publications WHERE publications.milestone_id = milestones.id AND "
BEFORE = (_OF_DOCUMENT + _REST, "version")
AFTER = (_OF_DOCUMENT + "publications.is_present AND " + _REST, "version, is_present")


def triggers(is_complete: str, columns: str) -> dict[str, list[str]]:
    """The statements that make the triggers, by dialect."""

    def keep(milestone: str) -> str:
        one = f"id = {milestone} AND complete <> {is_complete}"
        return f"UPDATE milestones SET complete = {is_complete} WHERE {one};"  # noqa: S608  words of our own

    def made(table: str, word: str, change: str, milestone: str) -> str:
        return f"CREATE TRIGGER {table}_keep_complete_{word} AFTER {change} ON {table} BEGIN {keep(milestone)} END"

    def function(table: str, milestone: str) -> str:
        return (
            f"CREATE OR REPLACE FUNCTION {table}_keep_complete() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {keep(milestone)} RETURN NULL; END $$"
        )

    def called(table: str, columns: str) -> str:
        return (
            f"CREATE TRIGGER {table}_keep_complete AFTER INSERT OR DELETE OR UPDATE OF {columns} "
            f"ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_keep_complete()"
        )

    of_copy = "(SELECT milestone_id FROM publications WHERE id = {copy})".format
    changes = (("new", "INSERT", "NEW"), ("changed", "UPDATE OF {}", None), ("gone", "DELETE", "OLD"))
    its_publication = "COALESCE(NEW.publication_id, OLD.publication_id)"
    return {
        "sqlite": [
            *(
                made(
                    "publication_copies",
                    word,
                    change.format("receiver_id"),
                    of_copy(copy=f"{row or 'NEW'}.publication_id"),
                )
                for word, change, row in changes
            ),
            *(
                made("publications", word, change.format(columns), f"{row or 'OLD'}.milestone_id")
                for word, change, row in changes
            ),
        ],
        "postgresql": [
            function("publication_copies", of_copy(copy=its_publication)),
            called("publication_copies", "receiver_id"),
            function("publications", "COALESCE(NEW.milestone_id, OLD.milestone_id)"),
            called("publications", columns),
        ],
    }


DROPPED = {
    "sqlite": [
        f"DROP TRIGGER {table}_keep_complete_{word}"
        for table in ("publication_copies", "publications")
        for word in ("new", "changed", "gone")
    ],
    "postgresql": [
        statement
        for table in ("publication_copies", "publications")
        for statement in (
            f"DROP TRIGGER {table}_keep_complete ON {table}",
            f"DROP FUNCTION {table}_keep_complete()",
        )
    ],
}

# Tables as they are between the two versions.
publications = sa.table(
    "publications",
    *(sa.column(name, sa.Integer()) for name in ("id", "milestone_id", "number", "kept_copy_id", "recorded_by_id")),
    sa.column("version", sa.String()),
    *(sa.column(name, sa.Date()) for name in ("published_on", "newer_on", "interim_on", "interim_until", "first_on")),
    *(sa.column(name, sa.Boolean()) for name in ("is_present", "is_newer")),
    *(sa.column(name, sa.DateTime(timezone=True)) for name in ("recorded_from", "recorded_to")),
)
milestones = sa.table("milestones", sa.column("id", sa.Integer()), sa.column("kind", sa.String()))
events = sa.table(
    "audit_events",
    *(sa.column(name, sa.Integer()) for name in ("id", "subject_id", "actor_id")),
    *(sa.column(name, sa.String()) for name in ("subject", "action")),
    *(sa.column(name, sa.JSON()) for name in ("before", "after")),
    sa.column("at", sa.DateTime(timezone=True)),
)
addresses = sa.table(
    "publication_addresses",
    sa.column("publication_id", sa.Integer()),
    *(sa.column(name, sa.String()) for name in ("form", "language", "address")),
)
copies = sa.table(
    "publication_copies",
    *(sa.column(name, sa.Integer()) for name in ("publication_id", "receiver_id")),
    *(sa.column(name, sa.Date()) for name in ("sent_on", "received_on")),
)
organisations = sa.table(
    "organisations",
    *(sa.column(name, sa.Integer()) for name in ("id", "merged_into_id")),
    sa.column("name", sa.String()),
)
files = sa.table("stored_files", sa.column("id", sa.Integer()))
APPROVAL_WORDS = ("made_by", "meeting", "minute", "draft", "signs_off", "deferred_to")
APPROVAL_DAYS = ("approved_on", "sign_off_by", "signed_off_on", "deferred_to_on")
approvals = sa.table(
    "approvals",
    *(sa.column(name, sa.Integer()) for name in ("milestone_id", "publication_id", "organisation_id")),
    *(sa.column(name, sa.String()) for name in ("manner", "agreed", *APPROVAL_WORDS)),
    *(sa.column(name, sa.Date()) for name in APPROVAL_DAYS),
    *(sa.column(name, sa.Boolean()) for name in ("signed_off", "on_behalf")),
    sa.column("recorded_by_id", sa.Integer()),
    sa.column("recorded_at", sa.DateTime(timezone=True)),
)
# The present version is the document itself: neither a draft, nor an interim plan.
IS_DOCUMENT = (
    "publications.version <> 'draft' AND NOT (publications.version = 'interim' AND EXISTS (SELECT 1 FROM milestones "
    "WHERE milestones.id = publications.milestone_id AND milestones.kind = 'plan'))"
)


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    for statement in DROPPED[dialect]:
        op.execute(statement)
    with op.batch_alter_table("publications") as batch_op:
        batch_op.add_column(sa.Column("number", sa.Integer(), server_default=sa.text("1"), nullable=False))
        batch_op.add_column(sa.Column("is_present", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column("is_newer", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("first_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("recorded_to", sa.DateTime(timezone=True), nullable=True))
        batch_op.alter_column(
            "recorded_at",
            new_column_name="recorded_from",
            existing_type=sa.DateTime(timezone=True),
            existing_nullable=False,
        )
        batch_op.drop_constraint(op.f("uq_publications_milestone_id"), type_="unique")
        batch_op.create_index(op.f("ix_publications_milestone_id"), ["milestone_id"])
        batch_op.create_check_constraint(
            op.f("ck_publications_present_is_known"), "NOT (is_present AND recorded_to IS NOT NULL)"
        )
    with op.batch_alter_table("approvals") as batch_op:
        batch_op.add_column(sa.Column("publication_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_approvals_publication_id_publications"), "publications", ["publication_id"], ["id"]
        )
        batch_op.drop_constraint(op.f("uq_approvals_milestone_id_organisation_id"), type_="unique")
        batch_op.create_unique_constraint(
            op.f("uq_approvals_publication_id_organisation_id"), ["publication_id", "organisation_id"]
        )
        batch_op.create_index(op.f("ix_approvals_milestone_id"), ["milestone_id"])
    op.execute(
        "UPDATE approvals SET publication_id = (SELECT publications.id FROM publications "  # noqa: S608  words of our own
        f"WHERE publications.milestone_id = approvals.milestone_id AND {IS_DOCUMENT})"
    )
    _Versions().come_back()
    with op.batch_alter_table("publications") as batch_op:
        for name in ("newer_on", "interim_on"):
            batch_op.drop_column(name)
    _index("uq_publications_present", "publications", ["milestone_id"], "is_present")
    _index("uq_publications_known", "publications", ["milestone_id", "number"], "recorded_to IS NULL")
    _index("uq_approvals_to_come", "approvals", ["milestone_id", "organisation_id"], "publication_id IS NULL")
    for statement in triggers(*AFTER)[dialect]:
        op.execute(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for statement in DROPPED[dialect]:
        op.execute(statement)
    for name, table in (
        ("uq_publications_present", "publications"),
        ("uq_publications_known", "publications"),
        ("uq_approvals_to_come", "approvals"),
    ):
        op.drop_index(name, table_name=table)
    for name in ("newer_on", "interim_on"):
        op.add_column("publications", sa.Column(name, sa.Date(), nullable=True))
    _give_back_the_days()
    _leave_the_present_alone()
    with op.batch_alter_table("approvals") as batch_op:
        batch_op.drop_index(op.f("ix_approvals_milestone_id"))
        batch_op.drop_constraint(op.f("uq_approvals_publication_id_organisation_id"), type_="unique")
        batch_op.drop_constraint(op.f("fk_approvals_publication_id_publications"), type_="foreignkey")
        batch_op.drop_column("publication_id")
        batch_op.create_unique_constraint(
            op.f("uq_approvals_milestone_id_organisation_id"), ["milestone_id", "organisation_id"]
        )
    with op.batch_alter_table("publications") as batch_op:
        batch_op.drop_constraint(op.f("ck_publications_present_is_known"), type_="check")
        batch_op.drop_index(op.f("ix_publications_milestone_id"))
        batch_op.create_unique_constraint(op.f("uq_publications_milestone_id"), ["milestone_id"])
        batch_op.alter_column(
            "recorded_from",
            new_column_name="recorded_at",
            existing_type=sa.DateTime(timezone=True),
            existing_nullable=False,
        )
        for name in ("number", "is_present", "is_newer", "first_on", "recorded_to"):
            batch_op.drop_column(name)
    for statement in triggers(*BEFORE)[dialect]:
        op.execute(statement)


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _give_back_the_days() -> None:
    op.execute("UPDATE publications SET newer_on = published_on WHERE is_present AND is_newer")
    op.execute("UPDATE publications SET published_on = first_on WHERE is_present AND is_newer")
    op.execute(
        "UPDATE publications SET interim_on = (SELECT earlier.published_on FROM publications AS earlier "  # noqa: S608  words of our own
        "WHERE earlier.milestone_id = publications.milestone_id AND earlier.recorded_to IS NULL "
        "AND earlier.number < publications.number AND earlier.version = 'interim' ORDER BY earlier.number DESC LIMIT 1) "
        f"WHERE is_present AND {IS_DOCUMENT} "
        "AND milestone_id IN (SELECT id FROM milestones WHERE kind = 'plan')"
    )


def _leave_the_present_alone() -> None:
    """Take what belongs to other versions than the present ones. Of two approvals of a body, that of the version that
    is published stays."""
    others = "SELECT id FROM publications WHERE NOT is_present"
    op.execute(f"DELETE FROM approvals WHERE publication_id IN ({others})")  # noqa: S608  words of our own
    op.execute(
        "DELETE FROM approvals WHERE publication_id IS NULL AND EXISTS (SELECT 1 FROM approvals AS published "
        "WHERE published.milestone_id = approvals.milestone_id AND published.publication_id IS NOT NULL "
        "AND published.organisation_id = approvals.organisation_id)"
    )
    for table in ("sendings", "publication_copies", "publication_addresses"):
        op.execute(f"DELETE FROM {table} WHERE publication_id IN ({others})")  # noqa: S608  words of our own
    op.execute("DELETE FROM publications WHERE NOT is_present")


class _Versions:
    """The versions before the present ones, as far as the rows and the audit know them."""

    def __init__(self) -> None:
        self.connection = op.get_bind()
        self.merged = {row.id: row.merged_into_id for row in self._all(sa.select(organisations))}
        self.files = {row.id for row in self._all(sa.select(files))}

    def _all(self, statement) -> list:
        return self.connection.execute(statement).all()

    def come_back(self) -> None:
        """Write them as rows, with what hung on them."""
        of_replaced = sa.select(events.c.subject_id).where(
            events.c.subject == "milestone", events.c.action.in_(sorted(REPLACED))
        )
        had_more = sa.or_(
            publications.c.newer_on.is_not(None),
            publications.c.interim_on.is_not(None),
            publications.c.version == "revised",
            publications.c.milestone_id.in_(of_replaced),
        )
        found = sa.select(publications, milestones.c.kind).join_from(
            publications, milestones, milestones.c.id == publications.c.milestone_id
        )
        rows = self._all(found.where(had_more).order_by(publications.c.id))
        for start in range(0, len(rows), CHUNK):
            some = rows[start : start + CHUNK]
            told = self._told_of([row.milestone_id for row in some])
            self._write({row: _earlier_of(row, told[row.milestone_id]) for row in some})

    def _told_of(self, documents) -> dict:
        """What the audit says of each document, the oldest first, since its publication was last undone."""
        wanted = sorted(RECORDED | REPLACED | APPROVED | {UNDONE})
        statement = sa.select(events).where(
            events.c.subject == "milestone", events.c.subject_id.in_(documents), events.c.action.in_(wanted)
        )
        told = defaultdict(list)
        for event in self._all(statement.order_by(events.c.id)):
            if event.action == UNDONE:
                told[event.subject_id] = [one for one in told[event.subject_id] if one.action in APPROVED]
            else:
                told[event.subject_id].append(event)
        return told

    def _write(self, earlier: dict) -> None:
        rows, hung = [], {}
        for row, versions in earlier.items():
            for number, (facts, hangs) in enumerate(versions, 1):
                rows.append({"milestone_id": row.milestone_id, "number": number, **facts})
                hung[row.milestone_id, number] = hangs
            itself = [facts for facts, _ in versions if facts["is_document"]]
            values = {"number": len(versions) + 1}
            if itself and _reach(row.version, row.kind) == DOCUMENT:
                values |= {"is_newer": True, "first_on": row.published_on, "published_on": row.newer_on}
            change = sa.update(publications).where(publications.c.id == row.id).values(values)
            self.connection.execute(change)
        if not rows:
            return
        self.connection.execute(sa.insert(publications), [self._row(one) for one in rows])
        documents = sorted({one["milestone_id"] for one in rows})
        made = sa.select(publications.c.id, publications.c.milestone_id, publications.c.number).where(
            publications.c.milestone_id.in_(documents), sa.not_(publications.c.is_present)
        )
        for one in self._all(made):
            self._hang_on(one.id, one.milestone_id, hung[one.milestone_id, one.number])

    def _row(self, facts: dict) -> dict:
        kept = facts["kept_copy_id"]
        made = {name: value for name, value in facts.items() if name != "is_document"}
        return made | {"kept_copy_id": kept if kept in self.files else None, "is_present": False}

    def _hang_on(self, version: int, document: int, hangs: dict) -> None:
        places = {(one["form"], one["language"]): one["address"] for one in hangs.get("addresses") or ()}
        self._insert(
            addresses,
            [
                {"publication_id": version, "form": form, "language": language, "address": address}
                for (form, language), address in places.items()
                if form in FORMS
            ],
        )
        sent = {self._organisation(one.get("receiver_id")): one for one in hangs.get("copies") or ()}
        self._insert(
            copies,
            [
                {
                    "publication_id": version,
                    "receiver_id": receiver,
                    "sent_on": _day(one.get("sent_on")),
                    "received_on": _day(one.get("received_on")),
                }
                for receiver, one in sent.items()
                if receiver is not None
            ],
        )
        decided = {self._organisation(one.get("organisation_id")): one for one in hangs.get("approvals") or ()}
        self._insert(
            approvals,
            [
                {"milestone_id": document, "publication_id": version, "organisation_id": body, **_approval(one)}
                for body, one in decided.items()
                if body is not None and one.get("manner") in MANNERS and one["recorded_by_id"] is not None
            ],
        )

    def _insert(self, table, rows: list) -> None:
        if rows:
            self.connection.execute(sa.insert(table), rows)

    def _organisation(self, number):
        """The organisation of this number, or the one that it was merged into; None if there is none."""
        while self.merged.get(number) is not None:
            number = self.merged[number]
        return number if number in self.merged else None


def _earlier_of(row, told) -> list[tuple[dict, dict]]:
    """The versions before the present one, the oldest first: the facts of each, and what hung on it."""
    found, recorded, decided = [], None, {}
    for event in told:
        if event.action in APPROVED:
            decided[(event.after or {}).get("organisation_id")] = (event.actor_id, event.at)
            continue
        if event.action in REPLACED:
            found.append(_from_audit(event, recorded or (event.actor_id, event.at), row.kind, decided))
        if event.action in RECORDED:
            recorded = (event.actor_id, event.at)
    reach = _reach(row.version, row.kind)
    by_row = (row.recorded_by_id, row.recorded_from)
    if row.interim_on is not None and not any(facts["version"] == "interim" for facts, _ in found):
        found.append((_facts("interim", row.interim_on, by_row, is_document=False), {}))
    is_newer = row.newer_on is not None or row.version == "revised"
    if is_newer and not any(facts["is_document"] for facts, _ in found):
        version = "interim" if row.kind != "plan" and row.version == "final" else "final"
        found.append((_facts(version, row.published_on, by_row, is_document=True), {}))
    # What the audit keeps may have been corrected since to come less far than a version before it.
    found = [one for one in found if _reach(one[0]["version"], row.kind) <= reach]
    found.sort(key=lambda one: _reach(one[0]["version"], row.kind))
    itself = [facts for facts, _ in found if facts["is_document"]]
    if itself:
        itself[0]["published_on"] = row.published_on  # as it is known now
        for facts in itself[1:]:
            facts |= {"is_newer": True, "first_on": row.published_on}
    for facts, _ in found:
        if row.interim_on is not None and facts["version"] == "interim" and not facts["is_document"]:
            facts["published_on"] = row.interim_on
    return found


def _from_audit(event, recorded, kind, decided) -> tuple[dict, dict]:
    """One version as the event that replaced it keeps it."""
    before = event.before or {}
    version = before.get("version") or "final"
    own_day = before.get("newer_on") or (None if version == "revised" else before.get("published_on"))
    facts = _facts(version, _day(own_day), recorded, is_document=_reach(version, kind) == DOCUMENT)
    facts |= {"interim_until": _day(before.get("interim_until")), "kept_copy_id": before.get("kept_copy_id")}
    known = before.get("approvals") or []
    by_whom = [decided.get(one.get("organisation_id"), (event.actor_id, event.at)) for one in known]
    return facts, {
        "addresses": before.get("addresses"),
        "copies": before.get("copies"),
        "approvals": [
            {**one, "recorded_by_id": who, "recorded_at": at} for one, (who, at) in zip(known, by_whom, strict=True)
        ],
    }


def _facts(version, published_on, recorded, *, is_document) -> dict:
    who, at = recorded
    return {
        "version": version,
        "published_on": published_on,
        "interim_until": None,
        "is_newer": False,
        "first_on": None,
        "kept_copy_id": None,
        "recorded_by_id": who,
        "recorded_from": at,
        "is_document": is_document,
    }


def _approval(one: dict) -> dict:
    return {
        "manner": one["manner"],
        "agreed": one.get("agreed"),
        **{name: one.get(name) or "" for name in APPROVAL_WORDS},
        **{name: _day(one.get(name)) for name in APPROVAL_DAYS},
        "signed_off": bool(one.get("signed_off")),
        "on_behalf": bool(one.get("on_behalf")),
        "recorded_by_id": one["recorded_by_id"],
        "recorded_at": one["recorded_at"],
    }


def _reach(version, kind) -> int:
    if version == "draft":
        return DRAFT
    return INTERIM_PLAN if version == "interim" and kind == "plan" else DOCUMENT


def _day(value) -> date | None:
    return date.fromisoformat(value) if value else None
