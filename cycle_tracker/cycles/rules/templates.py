"""Cycle templates, and the milestones that one gives for a period. Generating is a pure function."""

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from cycle_tracker.core.document_states import report_guidance_date
from cycle_tracker.core.errors import TemplateError
from cycle_tracker.core.kinds import Basis, Fact, Kind, Stage
from cycle_tracker.core.periods import YEARS_IN_PERIOD, Period, reporting_year
from cycle_tracker.milestones.rules.date_rules import DateRule


class Repeat(StrEnum):
    """How often an entry stands in one cycle."""

    ONCE = "once"
    YEARLY = "yearly"


@dataclass(frozen=True)
class Entry:
    """One row of a template.

    `opens` and `due` are date rules as text; a yearly entry writes `{k}` for the number of the reporting year.
    `due` is empty where nothing gives a date. `fact` is the fact about the entry `fact_of` that completes this one.
    `national` entries belong to no partnership.
    """

    key: str
    row: int
    title: str
    stage: Stage
    kind: Kind
    duty_basis: Basis
    duty_citation: str
    date_basis: Basis
    date_citation: str
    due: str = ""
    opens: str = ""
    repeat: Repeat = Repeat.ONCE
    core: bool = False
    national: bool = False
    fact: Fact | None = None
    fact_of: str = ""
    after: tuple[str, ...] = ()
    evidence: str = ""


@dataclass(frozen=True)
class Template:
    """The entries of one edition of the guidance."""

    edition: str
    title: str
    first_period: int
    entries: tuple[Entry, ...]

    @property
    def optional(self) -> tuple[Entry, ...]:
        """The entries that a partnership may switch on: neither core nor national."""
        return tuple(entry for entry in self.entries if not entry.core and not entry.national)

    def to_json(self) -> list[dict[str, Any]]:
        """The entries as plain values, for keeping in the database."""
        return [{**vars(entry), "after": list(entry.after)} for entry in self.entries]


@dataclass(frozen=True)
class PlannedMilestone:
    """One milestone that a template calls for in one period.

    `key` is unique in the partnership (`2026-29.annual-report-1`); `template_key` names it within the cycle;
    `follows` is the template key that its date hangs on, `fact_of` that of the document whose fact completes it, and
    `after` those that should be finished before it.
    """

    key: str
    template_key: str
    entry: Entry
    title: str
    opens_on: date | None
    target_on: date | None
    due_rule: str
    follows: str | None
    fact_of: str | None
    after: tuple[str, ...]
    reports_on: date | None


def read_template(text: str, *, base: Template | None = None) -> Template:
    """Read an edition from TOML. With `base`, its entries replace or join those of the edition it amends.

    Raises TemplateError for an unknown word, a missing value or a rule that cannot be read.
    """
    data = tomllib.loads(text)
    entries = {entry.key: entry for entry in base.entries} if base else {}
    for row in data["entry"]:
        known = vars(entries[row["key"]]) if row.get("key") in entries else {}
        entry = _entry({**known, **row})
        entries[entry.key] = entry
    template = Template(data["edition"], data["title"], data["first_period"], tuple(entries.values()))
    _check(template)
    return template


def template_from_json(edition: str, title: str, first_period: int, rows: Iterable[Mapping[str, Any]]) -> Template:
    """The template that `Template.to_json` wrote down."""
    return Template(edition, title, first_period, tuple(_entry(dict(row)) for row in rows))


def generate(
    template: Template, period: Period, *, core_only: bool = False, switched_on: Collection[str] = ()
) -> list[PlannedMilestone]:
    """Every milestone of a partnership's cycle in this period, in the order of the template.

    With `core_only`, of the other entries only those whose keys are `switched_on`.
    """
    entries = (
        entry
        for entry in template.entries
        if not entry.national and (entry.core or not core_only or entry.key in switched_on)
    )
    return [planned for entry in entries for planned in _planned(entry, period)]


def generate_national(template: Template, period: Period) -> list[PlannedMilestone]:
    """The milestones of the period that belong to Scottish Government and not to a partnership."""
    return [planned for entry in template.entries if entry.national for planned in _planned(entry, period)]


def _planned(entry: Entry, period: Period) -> Iterable[PlannedMilestone]:
    if entry.repeat is Repeat.ONCE:
        yield _one(entry, period, entry.key)
        return
    for year in range(1, YEARS_IN_PERIOD + 1):
        spoken = replace(
            entry,
            title=entry.title.replace("{year}", reporting_year(period.year_end(year))),
            opens=entry.opens.replace("{k}", str(year)),
            due=entry.due.replace("{k}", str(year)),
            fact_of=entry.fact_of.replace("{k}", str(year)),
            after=tuple(key.replace("{k}", str(year)) for key in entry.after),
        )
        yield _one(spoken, period, f"{entry.key}-{year}", period.year_end(year))


def _one(entry: Entry, period: Period, template_key: str, year_end: date | None = None) -> PlannedMilestone:
    due = DateRule.parse(entry.due) if entry.due else None
    opens = DateRule.parse(entry.opens) if entry.opens else None
    return PlannedMilestone(
        key=f"{period.name}.{template_key}",
        template_key=template_key,
        entry=entry,
        title=entry.title.replace("{period}", period.label),
        opens_on=opens.on(period) if opens else None,
        target_on=_target(entry, due.on(period) if due else None),
        due_rule=entry.due,
        follows=due.follows if due else None,
        fact_of=entry.fact_of or None,
        after=entry.after,
        reports_on=year_end if entry.kind is Kind.ANNUAL_REPORT else None,
    )


def _target(entry: Entry, given: date | None) -> date | None:
    """The day that a rule gives; where guidance asks for an annual report by a month alone, the day that is set."""
    by_a_month = entry.kind is Kind.ANNUAL_REPORT and entry.date_basis is Basis.GUIDANCE
    return report_guidance_date(given.year) if given is not None and by_a_month else given


# What completes each step, for templates that were kept before the facts had names of their own.
_FACTS_OF_OLD = {
    "approvals": (Fact.AGREED, "plan-prepared"),
    "send-to-ministers": (Fact.MINISTERS_SENT, "plan-prepared"),
    "send-to-providers": (Fact.PROVIDERS_SENT, "plan-prepared"),
    "publish-plan": (Fact.PUBLISHED, "plan-prepared"),
    "draft-report": (Fact.PUBLISHED, "annual-report-{k}"),
    "tell-government": (Fact.PUBLISHED, "annual-report-{k}"),
}


def _fact_of(row: Mapping[str, Any]) -> tuple[Fact | None, str]:
    """What completes an entry. An older template says only that it is done with the document that its date follows:
    `published`, or `told` to the Scottish Government."""
    if "fact" in row:
        return (Fact(row["fact"]), row["fact_of"]) if row["fact"] else (None, "")
    if "done_with" not in row:
        return None, ""
    if row.get("key") in _FACTS_OF_OLD:
        return _FACTS_OF_OLD[row["key"]]
    document = DateRule.parse(row["due"]).follows if row["done_with"] and row.get("due") else None
    return (Fact(_FACTS_BY_OLD_NAME[row["done_with"]]), document) if document else (None, "")


_FACTS_BY_OLD_NAME = {"published": Fact.PUBLISHED, "told": Fact.MINISTERS_SENT}


def _entry(row: dict[str, Any]) -> Entry:
    try:
        fact, fact_of = _fact_of(row)
        return Entry(
            **{
                **{name: value for name, value in row.items() if name != "done_with"},
                "stage": Stage(row["stage"]),
                "kind": Kind(row["kind"]),
                "duty_basis": Basis(row["duty_basis"]),
                "date_basis": Basis(row["date_basis"]),
                "repeat": Repeat(row.get("repeat", Repeat.ONCE)),
                "fact": fact,
                "fact_of": fact_of,
                "after": tuple(row.get("after", ())),
            }
        )
    except (KeyError, TypeError, ValueError) as error:
        raise TemplateError(f"Entry {row.get('key', row)!r}: {error}") from error


def _check(template: Template) -> None:
    """Raises TemplateError where an entry hangs on, or comes after, one that is not in the template."""
    known = {planned.template_key for planned in generate(template, Period.starting(template.first_period))}
    known |= {entry.key for entry in template.entries if entry.national}
    for planned in generate(template, Period.starting(template.first_period)):
        for key in (*planned.after, *(one for one in (planned.follows, planned.fact_of) if one)):
            if key not in known:
                raise TemplateError(f"Entry {planned.template_key!r} names {key!r}, which is not in the template")
