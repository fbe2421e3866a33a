"""The triggers that keep beside each plan and report whether it is complete."""

from sqlalchemy import DDL, event

import cycle_tracker.models.publication  # noqa: F401  its tables are those that have triggers
from cycle_tracker.models.base import Base

# Whether a document is complete hangs on three tables, and nobody may forget to say so where one of them changes: the
# database does. Of its versions the present one counts. A report is complete once it is published. A plan is once it is
# published, and Scottish Ministers were sent a copy. The words are those of the statements.
_IS_COMPLETE = (
    "EXISTS (SELECT 1 FROM publications WHERE publications.milestone_id = milestones.id AND publications.is_present "
    "AND publications.version <> 'draft' AND (milestones.kind = 'annual-report' OR (publications.version <> 'interim' "
    "AND EXISTS (SELECT 1 FROM publication_copies JOIN organisations ON organisations.id = "
    "publication_copies.receiver_id WHERE publication_copies.publication_id = publications.id AND organisations.kind = "
    "'scottish-government'))))"
)
_ITS_PUBLICATION = "COALESCE(NEW.publication_id, OLD.publication_id)"
_OF_COPY = "(SELECT milestone_id FROM publications WHERE id = {copy})"


def _keep_complete(milestone: str) -> str:
    one = f"id = {milestone} AND complete <> {_IS_COMPLETE}"  # a document that stays what it is is not locked
    return f"UPDATE milestones SET complete = {_IS_COMPLETE} WHERE {one};"  # noqa: S608  words of our own


KEEP_COMPLETE = {
    "sqlite": {
        "publication_copies": [
            f"CREATE TRIGGER publication_copies_keep_complete_{word} AFTER {change} ON publication_copies "
            f"BEGIN {_keep_complete(_OF_COPY.format(copy=f'{row}.publication_id'))} END"
            for word, change, row in (
                ("new", "INSERT", "NEW"),
                ("changed", "UPDATE OF receiver_id", "NEW"),
                ("gone", "DELETE", "OLD"),
            )
        ],
        "publications": [
            f"CREATE TRIGGER publications_keep_complete_{word} AFTER {change} ON publications "
            f"BEGIN {_keep_complete(f'{row}.milestone_id')} END"
            for word, change, row in (
                ("new", "INSERT", "NEW"),
                ("changed", "UPDATE OF version, is_present", "OLD"),
                ("gone", "DELETE", "OLD"),
            )
        ],
    },
    "postgresql": {
        "publication_copies": [
            "CREATE OR REPLACE FUNCTION publication_copies_keep_complete() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {_keep_complete(_OF_COPY.format(copy=_ITS_PUBLICATION))} RETURN NULL; END $$",
            "CREATE TRIGGER publication_copies_keep_complete AFTER INSERT OR DELETE OR UPDATE OF receiver_id "
            "ON publication_copies FOR EACH ROW EXECUTE FUNCTION publication_copies_keep_complete()",
        ],
        "publications": [
            "CREATE OR REPLACE FUNCTION publications_keep_complete() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {_keep_complete('COALESCE(NEW.milestone_id, OLD.milestone_id)')} RETURN NULL; END $$",
            "CREATE TRIGGER publications_keep_complete AFTER INSERT OR DELETE OR UPDATE OF version, is_present "
            "ON publications FOR EACH ROW EXECUTE FUNCTION publications_keep_complete()",
        ],
    },
}

for _dialect, _statements_of in KEEP_COMPLETE.items():
    for _table, _statements in _statements_of.items():
        for _statement in _statements:
            event.listen(
                Base.metadata.tables[_table],
                "after_create",
                DDL(_statement).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
            )
