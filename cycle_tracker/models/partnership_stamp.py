"""What the database keeps up by itself about partnerships, so that lists need not ask for it at each page."""

from sqlalchemy import DDL, BigInteger, event
from sqlalchemy.orm import Mapped, mapped_column

from cycle_tracker.models import partnership, publication
from cycle_tracker.models.base import Base


class PartnershipStamp(Base):
    """A number that is another one after each change of what lists show of a partnership: slug, name, `notify_from`.

    Who has the list that was read under a number need not read it again while the number is the same. There is one row,
    made by the first partnership; it is drawn by lot, so that two databases never have the same one by chance.
    """

    __tablename__ = "partnership_stamp"

    id: Mapped[int] = mapped_column(primary_key=True)
    stamp: Mapped[int] = mapped_column(BigInteger)


def _draw(number: str) -> str:
    return (
        f"INSERT INTO partnership_stamp (id, stamp) VALUES (1, {number}) "  # noqa: S608  words of our own
        "ON CONFLICT (id) DO UPDATE SET stamp = excluded.stamp;"
    )


# True of a partnership of whose documents one is published: the register offers it. The words are those of the
# statements, and `IS_PUBLISHED` says the same.
_HAS_PUBLISHED = (
    "EXISTS (SELECT 1 FROM milestones JOIN publications ON publications.milestone_id = milestones.id "
    "WHERE milestones.partnership_id = partnerships.id AND milestones.kind IN ('plan', 'annual-report') "
    "AND publications.is_present AND publications.version <> 'draft')"
)


def _keep_has_published(milestone: str) -> str:
    its_own = f"id = (SELECT partnership_id FROM milestones WHERE id = {milestone})"  # noqa: S608  words of our own
    return (
        f"UPDATE partnerships SET has_published = {_HAS_PUBLISHED} "  # noqa: S608  words of our own
        f"WHERE {its_own} AND has_published <> {_HAS_PUBLISHED};"
    )


def _in_turn(milestone: str) -> str:
    """Two documents of one partnership may change at the same moment, and neither transaction sees the other's: the
    second waits for the first, and then looks. Not for the row of the partnership, which others change too. The
    server has room for some thousand locks, so a load of many partnerships takes at most 256."""
    return (
        f"PERFORM pg_advisory_xact_lock({_LOCK}, mod(partnership_id, 256)) FROM milestones "
        f"WHERE id = {milestone} AND partnership_id IS NOT NULL; "
    )


_LOCK = 17  # names this kind of turn among the advisory locks of the database
_SHOWN = "slug, name, notify_from"
_EITHER = "COALESCE(NEW.milestone_id, OLD.milestone_id)"
_CHANGES = (("new", "INSERT", "NEW"), ("changed", "UPDATE OF {columns}", "NEW"), ("gone", "DELETE", "OLD"))


def _sqlite(name: str, table: str, columns: str, does: str) -> list[str]:
    return [
        f"CREATE TRIGGER {name}_{word} AFTER {change.format(columns=columns)} ON {table} "
        f"BEGIN {does.format(row=row)} END"
        for word, change, row in _CHANGES
    ]


def _postgresql(name: str, table: str, columns: str, does: str, each: str) -> list[str]:
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {does} RETURN NULL; END $$",
        f"CREATE TRIGGER {name} AFTER INSERT OR DELETE OR UPDATE OF {columns} ON {table} "
        f"FOR EACH {each} EXECUTE FUNCTION {name}()",
    ]


KEEP_UP = {
    "sqlite": {
        "partnerships": _sqlite("partnerships_draw_stamp", "partnerships", _SHOWN, _draw("random()")),
        "publications": _sqlite(
            "publications_keep_has_published",
            "publications",
            "version, is_present",
            _keep_has_published("{row}.milestone_id"),
        ),
    },
    "postgresql": {
        "partnerships": _postgresql(
            "partnerships_draw_stamp",
            "partnerships",
            _SHOWN,
            _draw("floor(random() * 9000000000000000)::bigint"),
            "STATEMENT",
        ),
        "publications": _postgresql(
            "publications_keep_has_published",
            "publications",
            "version, is_present",
            _in_turn(_EITHER) + _keep_has_published(_EITHER),
            "ROW",
        ),
    },
}

_TABLES = {
    "partnerships": partnership.Partnership.__table__,
    "publications": publication.Publication.__table__,
}

for _dialect, _statements_of in KEEP_UP.items():
    for _table, _statements in _statements_of.items():
        for _statement in _statements:
            event.listen(
                _TABLES[_table],
                "after_create",
                DDL(_statement).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
            )
