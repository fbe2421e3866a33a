"""The form of a policy: three parts, each as it would be without it, or its own."""

import re
from datetime import date

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, RadioField
from wtforms.validators import Length, Optional, ValidationError

from cycle_tracker.core.audiences import Audience
from cycle_tracker.reminders.rules.notice_words import before_words, repeats_words, rungs_words
from cycle_tracker.reminders.rules.policies import Policy, PolicyChange, Repeats
from cycle_tracker.reminders.rules.policy_rules import escalation_stages, rung_of
from cycle_tracker.web.forms import HiddenLineField, LineField, VersionField

WITHOUT, OWN, ONCE = "as-without", "own", "once"
LONGEST_LIST = 100
ENTER_DAYS = "Enter the number of days, such as 14"
A_NUMBER = re.compile("[0-9]{1,3}")


def _number(label: str, *, optional: bool = False) -> LineField:
    validators = [
        Length(max=LONGEST_LIST, message=ENTER_DAYS),
        *([Optional()] if optional else []),
    ]
    return LineField(label, validators=validators)


class PolicyForm(FlaskForm):
    """What is to hold at a place."""

    version = VersionField()
    again = HiddenLineField()
    before_date = RadioField("Reminders before the due date", choices=[], default=WITHOUT, validate_choice=False)
    days_before = LineField(
        "Days before the due date",
        description="Separate the numbers with commas. For example, 28, 14, 7, 1",
        validators=[Length(max=LONGEST_LIST, message=f"Enter {LONGEST_LIST} characters or fewer")],
    )
    on_day = BooleanField("Also on the day")
    how_often = RadioField("Reminders to the owner when overdue", choices=[], default=WITHOUT, validate_choice=False)
    first_after = _number("First reminder, days after the due date")
    repeat_every = _number("Days between reminders")
    up_to = RadioField("Escalation", choices=[], default=WITHOUT, validate_choice=False)
    lead_after = _number("Planning leads, days after the due date")
    chair_after = _number("Chair of the governance group, days after the due date", optional=True)
    group_after = _number("Governance group, days after the due date")

    def offer(self, without: Policy | None, *, group_is_optional: bool) -> None:
        """Say what would hold without it; None where that differs from kind to kind."""
        words = (before_words, repeats_words, rungs_words)
        fields = (self.before_date, self.how_often, self.up_to)
        for field, say in zip(fields, words, strict=True):
            as_without = (
                f"Use the standard setting ({_lower(say(without))})"
                if without
                else "Use the standard setting for each kind of milestone"
            )
            field.choices = [(WITHOUT, as_without), (OWN, "Set our own")]
        self.how_often.choices.append((ONCE, "Remind once only"))
        if group_is_optional:
            self.group_after.flags.optional = True

    def start_from(self, change: PolicyChange | None, held: Policy) -> None:
        """Fill in what the place has of its own, and beside it what holds."""
        own_before = bool(change and change.before)
        self.before_date.data = OWN if own_before else WITHOUT
        self.days_before.data = ", ".join(str(one) for one in sorted(held.before, reverse=True) if one)
        self.on_day.data = 0 in held.before
        own_repeats = change is not None and change.repeats is not None
        self.how_often.data = (OWN if held.repeat_every else ONCE) if own_repeats else WITHOUT
        self.first_after.data = str(held.first_after)
        self.repeat_every.data = str(held.repeat_every.first) if held.repeat_every else ""
        self.up_to.data = OWN if change is not None and change.rungs is not None else WITHOUT
        for field, audience in (
            (self.lead_after, Audience.LEAD),
            (self.chair_after, Audience.CHAIR),
            (self.group_after, Audience.GOVERNANCE),
        ):
            days = rung_of(held.rungs, audience)
            field.data = "" if days is None else str(days)

    def wanted(self, today: date, first_after: int) -> PolicyChange:
        """What a form that was found valid asks for; `first_after` is what holds where it says nothing of it."""
        repeats = None
        if self.how_often.data != WITHOUT:
            every = int(self.repeat_every.data) if self.how_often.data == OWN else None
            repeats = Repeats(int(self.first_after.data), every)
        rungs = None
        if self.up_to.data == OWN:
            rungs = escalation_stages(
                repeats.first_after if repeats else first_after,
                int(self.lead_after.data),
                _days(self.chair_after),
                _days(self.group_after),
            )
        before = None
        if self.before_date.data == OWN:
            days = [int(one) for one in re.findall("[0-9]+", self.days_before.data)]
            before = tuple(sorted(days, reverse=True)) + ((0,) if self.on_day.data and 0 not in days else ())
        return PolicyChange(today, before=before, repeats=repeats, rungs=rungs)

    def filled_in(self) -> list[tuple[str, str]]:
        """What was filled in, by the name of its field, on the way to the next page."""
        kept = [field for field in self if field.type in {"RadioField", "LineField", "VersionField"}]
        ticks = [(self.on_day.name, "y")] if self.on_day.data else []
        return [*((field.name, str(field.data or "")) for field in kept), *ticks]

    def validate_before_date(self, field: Field) -> None:
        """Raises ValidationError for a choice that was not offered."""
        _ensure_offered(field)

    def validate_how_often(self, field: Field) -> None:
        """Raises ValidationError for a choice that was not offered."""
        _ensure_offered(field)

    def validate_up_to(self, field: Field) -> None:
        """Raises ValidationError for a choice that was not offered."""
        _ensure_offered(field)

    def validate_days_before(self, field: Field) -> None:
        """Raises ValidationError where the days are asked for and cannot be read, or there are none."""
        if self.before_date.data != OWN:
            return
        parts = [one for one in re.split(r"[\s,;]+", field.data or "") if one]
        if any(not A_NUMBER.fullmatch(one) for one in parts):
            raise ValidationError("Enter numbers of days separated by commas, such as 28, 14, 7")
        if not parts and not self.on_day.data:
            raise ValidationError("Enter at least one number of days, or tick “Also on the day”")

    def validate_first_after(self, field: Field) -> None:
        """Raises ValidationError where it is asked for and no number of days."""
        _ensure_number(field, wanted=self.how_often.data in {OWN, ONCE})

    def validate_repeat_every(self, field: Field) -> None:
        """Raises ValidationError where it is asked for and no number of days."""
        _ensure_number(field, wanted=self.how_often.data == OWN)

    def validate_lead_after(self, field: Field) -> None:
        """Raises ValidationError where it is asked for and no number of days."""
        _ensure_number(field, wanted=self.up_to.data == OWN)

    def validate_chair_after(self, field: Field) -> None:
        """Raises ValidationError for what is no number of days."""
        _ensure_number(field, wanted=self.up_to.data == OWN, may_be_empty=True)

    def validate_group_after(self, field: Field) -> None:
        """Raises ValidationError where it is asked for and no number of days; whether it may be empty a rule says."""
        _ensure_number(field, wanted=self.up_to.data == OWN, may_be_empty=True)


def _ensure_offered(field: Field) -> None:
    if field.data not in {value for value, _ in field.choices}:
        raise ValidationError("Choose one of these")


def _ensure_number(field: Field, *, wanted: bool, may_be_empty: bool = False) -> None:
    text = field.data or ""
    if not wanted or (may_be_empty and not text):
        return
    if not A_NUMBER.fullmatch(text):
        raise ValidationError(ENTER_DAYS)


def _days(field: Field) -> int | None:
    return int(field.data) if field.data else None


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
