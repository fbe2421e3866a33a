"""A database as version 0013 left it, before versions were rows, and what hangs on versions after it."""

import json
from typing import Any

from sqlalchemy import text

from cycle_tracker.core.extensions import db
from tests.migrations.rows import DECISION, MILESTONE, PERSON


def fill_before_versions() -> None:
    """A database of version 0013: a plan that was revised twice, one after an interim plan, reports with a final
    version after an interim one, after a draft, with no days, and alone; a plan that is a draft, and one undone."""
    run = db.session.execute
    for statement in (
        PERSON,
        "INSERT INTO organisations (id, code, name, kind, in_use, merged_into_id, edited) VALUES "
        "(1, 'N06', 'Scottish Government', 'scottish-government', true, NULL, false), "
        "(2, 'N01', 'Police', 'other-service-provider', true, NULL, false), "
        "(3, 'X03', 'Police too', 'other', false, 2, false), "
        "(4, 'S1', 'Council', 'council', true, NULL, false)",
        "INSERT INTO stored_files (id, name, media_type, size, sha256) VALUES "
        "(1, 'first.pdf', 'application/pdf', 3, 'x'), (2, 'present.pdf', 'application/pdf', 3, 'y')",
        *(
            MILESTONE.format(id=number, key=f"d-{number}", kind=kind, state="done")
            for number, kind in ((1, "plan"), (2, "plan"), (6, "plan"), (8, "plan"))
        ),
        *(
            MILESTONE.format(id=number, key=f"d-{number}", kind="annual-report", state="done")
            for number in (3, 4, 5, 7, 9)
        ),
    ):
        run(text(statement))
    publication = (
        "INSERT INTO publications (id, milestone_id, version, published_on, newer_on, interim_on, interim_until, "
        "kept_copy_id, recorded_by_id, recorded_at) VALUES ({})"
    )
    for values in (
        "111, 1, 'revised', '2026-04-02', '2026-09-01', NULL, NULL, 2, 1, '2026-09-02 09:00:00'",
        "112, 2, 'final', '2026-06-01', NULL, '2026-04-01', NULL, NULL, 1, '2026-06-02 09:00:00'",
        "113, 3, 'final', '2026-07-01', '2026-08-01', NULL, NULL, NULL, NULL, '2026-08-02 09:00:00'",
        "114, 4, 'final', '2026-07-01', NULL, NULL, NULL, NULL, 1, '2026-07-02 09:00:00'",
        "115, 5, 'revised', NULL, NULL, NULL, NULL, NULL, 1, '2026-07-03 09:00:00'",
        "116, 6, 'draft', '2026-02-01', NULL, NULL, NULL, NULL, 1, '2026-02-01 09:00:00'",
        "117, 7, 'final', '2026-07-05', NULL, NULL, NULL, NULL, 1, '2026-07-05 09:00:00'",
    ):
        run(text(publication.format(values)))
    for number in (111, 112, 113, 114, 117):
        address = f"https://example.org/present-{number}"
        run(
            text("INSERT INTO publication_copies (publication_id, receiver_id, sent_on) VALUES (:number, 1, :on)"),
            {"number": number, "on": "2026-09-03"},
        )
        run(
            text(
                "INSERT INTO publication_addresses (publication_id, form, language, address) "
                "VALUES (:number, 'full', 'en', :address)"
            ),
            {"number": number, "address": address},
        )
    for document in (1, 6, 9):
        decision = DECISION.format(id=100 + document, manner="approved")
        run(text(decision.replace(f", 1, {100 + document},", f", {document}, 4,")))
    _told_before()
    db.session.commit()
    db.session.remove()


def _told_before() -> None:
    """What the audit keeps of the versions that were replaced."""
    approved = {"body": "Council", "organisation_id": 4, "manner": "approved", "approved_on": "2026-03-01"}
    sent = [
        {"receiver_id": 1, "sent_on": "2026-04-03", "received_on": "2026-04-05"},
        {"receiver_id": 3, "sent_on": "2026-04-03", "received_on": None},
        {"receiver_id": 77, "sent_on": None, "received_on": None},
    ]
    tell(1, "approval-recorded", "2026-03-02")
    tell(1, "published", "2026-04-02")
    # The day was corrected later: the row knows it.
    tell(
        1,
        "newer-version-published",
        "2026-05-10",
        version="final",
        published_on="2026-04-01",
        newer_on=None,
        addresses=[_place(1)],
        copies=sent,
        kept_copy_id=1,
        approvals=[approved],
    )
    tell(
        1,
        "newer-version-published",
        "2026-09-02",
        version="revised",
        published_on="2026-04-01",
        newer_on="2026-05-09",
        addresses=[_place(2), _place(3)],
        copies=[],
        kept_copy_id=99,
        approvals=[],
    )
    # A publication that was undone, and the report published again after its draft.
    tell(4, "draft-published", "2026-01-10")
    tell(4, "draft-replaced", "2026-03-01", version="draft", published_on="2026-01-01", addresses=[_place(9)])
    tell(4, "published", "2026-03-01")
    tell(4, "publication-undone", "2026-03-05", version="final")
    tell(4, "draft-published", "2026-05-02")
    tell(4, "draft-replaced", "2026-07-02", version="draft", published_on="2026-05-01", addresses=[_place(4)])
    tell(4, "published", "2026-07-02")
    tell(8, "newer-version-published", "2026-05-10", version="final", published_on="2026-04-01")
    tell(8, "publication-undone", "2026-05-11", version="revised")


def tell(document: int, action: str, at: str, by: int | None = 1, **before: Any) -> None:
    """An event of the audit about a document, as version 0013 wrote it."""
    db.session.execute(
        text(
            "INSERT INTO audit_events (at, actor_id, subject, subject_id, action, before, after, reason) "
            "VALUES (:at, :by, 'milestone', :document, :action, :before, :after, '')"
        ),
        {
            "at": f"{at} 09:00:00",
            "by": by,
            "document": document,
            "action": action,
            "before": json.dumps(before),
            "after": json.dumps({"organisation_id": 4} if action.startswith("approval") else {}),
        },
    )


def _place(number: int) -> dict[str, Any]:
    return {"form": "full", "language": "en", "address": f"https://example.org/{number}"}
