"""A database as version 0009 left it, before plans had facts."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import text

from cycle_tracker.core.extensions import db
from tests.migrations.rows import PERSON

PLAN_RULE = "@plan-prepared + {days} days"


def day_ago(days: int) -> str:
    return (utc_today() - timedelta(days=days)).isoformat()


def utc_today() -> date:
    return datetime.now(UTC).date()


class Before:
    """A database as version 0009 left it: four partnerships, each with a plan and its steps, and one report."""

    def __init__(self) -> None:
        self.run(
            PERSON,
            "INSERT INTO organisations (id, code, name, kind) VALUES (1, 'N06', 'Scottish Government', "
            "'scottish-government'), (2, 'N01', 'Police', 'other-service-provider'), (3, 'N02', 'Fire', "
            "'other-service-provider'), (4, 'S1', 'Council', 'council'), (5, 'S2', 'Board', 'health-board')",
            "INSERT INTO template_editions (id, edition, version, title, first_period, entries, loaded_at) VALUES "
            "(1, 'guidance-2020', 1, 'Second', 2020, '[]', '2026-04-01 06:00:00')",
        )

    def run(self, *statements: str) -> None:
        for statement in statements:
            db.session.execute(text(statement))

    def place(self, number: int, slug: str) -> None:
        """A partnership with its cycle of 2026–29, its plan (number 10, 20 ...) and the plan's steps."""
        ten = number * 10
        self.run(
            "INSERT INTO partnerships (id, slug, name, other_names, notify_from) VALUES "  # noqa: S608  words of our own
            f"({number}, '{slug}', '{slug}', '', '2024-04-01')",
            "INSERT INTO partnership_bodies (partnership_id, organisation_id, role, from_on) VALUES "  # noqa: S608
            f"({number}, 4, 'lead', '2017-04-01'), ({number}, 5, 'lead', '2017-04-01')",
            "INSERT INTO cycles (id, partnership_id, period_start, template_edition_id) VALUES "  # noqa: S608
            f"({number}, {number}, '2026-04-01', 1)",
        )
        self.milestone(ten, number, "plan-prepared", "plan", due=day_ago(200))
        self.milestone(ten + 1, number, "approvals", "step", due=day_ago(200))
        self.milestone(ten + 2, number, "send-to-ministers", "step", follows=ten, days=14, done_with="told")
        self.milestone(ten + 3, number, "send-to-providers", "step", follows=ten, days=14)
        self.milestone(ten + 4, number, "publish-plan", "step", follows=ten, days=28, done_with="published")

    def milestone(
        self,
        number: int,
        partnership: int,
        key: str,
        kind: str,
        *,
        due: str | None = None,
        follows: int | None = None,
        days: int = 0,
        done_with: str | None = None,
    ) -> None:
        values = {
            "id": number,
            "partnership_id": partnership,
            "cycle_id": partnership,
            "key": f"2026-29.{key}",
            "kind": kind,
            "due_on": due,
            "follows_id": follows,
            "date_rule": PLAN_RULE.format(days=days) if days else "",
            "done_with": done_with,
        }
        db.session.execute(
            text(
                "INSERT INTO milestones (id, partnership_id, cycle_id, key, kind, title, evidence_asked, duty_basis, "
                "duty_citation, date_basis, date_citation, date_rule, follows_id, done_with, target_on, due_on, "
                "expected_date, state, reason, owner_id, entered_on, next_notice_on, version) VALUES (:id, "
                ":partnership_id, :cycle_id, :key, :kind, 'Title', '', 'statute', '', 'suggested', '', :date_rule, "
                ":follows_id, :done_with, :due_on, :due_on, false, 'not-started', '', 1, '2024-04-01', :due_on, 1)"
            ),
            values,
        )

    def done(self, numbers: Iterable[int], on: str) -> None:
        for number in numbers:
            is_done = f"state = 'done', done_on = '{on}', next_notice_on = NULL"
            self.run(f"UPDATE milestones SET {is_done} WHERE id = {number}")  # noqa: S608  words of our own

    def dated(self, number: int, due: str) -> None:
        is_due = f"target_on = '{due}', due_on = '{due}', next_notice_on = '{due}'"
        self.run(f"UPDATE milestones SET {is_due} WHERE id = {number}")  # noqa: S608  words of our own

    def published(self, plan: int, on: str, version: str = "final", newer_on: str | None = None) -> None:
        newer = f"'{newer_on}'" if newer_on else "NULL"
        self.run(
            "INSERT INTO publications (id, milestone_id, version, published_on, newer_on, recorded_at) VALUES "  # noqa: S608  words of our own
            f"({plan}, {plan}, '{version}', '{on}', {newer}, '2026-05-01 09:00:00')"
        )

    def sent(self, plan: int, receivers: Iterable[int], on: str) -> None:
        for receiver in receivers:
            self.run(
                "INSERT INTO publication_copies (publication_id, receiver_id, sent_on) VALUES "  # noqa: S608  words of our own
                f"({plan}, {receiver}, '{on}')"
            )

    def approved(self, plan: int, body: int, on: str, manner: str = "approved") -> None:
        self.run(
            "INSERT INTO approvals (milestone_id, organisation_id, manner, made_by, approved_on, meeting, minute, "  # noqa: S608  words of our own
            f"on_behalf, recorded_by_id, recorded_at) VALUES ({plan}, {body}, '{manner}', '', '{on}', '', '', false, "
            "1, '2026-05-01 09:00:00')"
        )
