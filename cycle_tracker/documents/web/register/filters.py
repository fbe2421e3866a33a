"""The fields above the register."""

from wtforms import Form, SelectField

from cycle_tracker.core import clock
from cycle_tracker.core.periods import FIRST_START, YEARS_IN_PERIOD, Period

EVERYTHING = ""


class RegisterFilters(Form):
    """A partnership and a plan period; anything that is not offered counts as not chosen."""

    partnership = SelectField("Partnership", validate_choice=False, default=EVERYTHING)
    period = SelectField("Plan period", validate_choice=False, default=EVERYTHING)

    def offer(self, partnerships: list[tuple[str, str]]) -> None:
        """Offer these partnerships, and every period up to the one after the present one, the newest first."""
        self.partnership.choices = [(EVERYTHING, "All partnerships"), *partnerships]
        last = Period.containing(clock.today()).next().start.year
        years = range(last, FIRST_START.year - 1, -YEARS_IN_PERIOD)
        periods = [Period.starting(year) for year in years]
        self.period.choices = [(EVERYTHING, "All periods"), *((one.name, one.label) for one in periods)]
        for field in (self.partnership, self.period):
            if field.data not in [value for value, _label in field.choices]:
                field.data = EVERYTHING

    def chosen_period(self) -> Period | None:
        """The period chosen, if one is."""
        return Period.named(self.period.data) if self.period.data else None

    def chosen(self) -> dict[str, str]:
        """What is chosen, as it stands in the address."""
        return {field.name: field.data for field in (self.partnership, self.period) if field.data}
