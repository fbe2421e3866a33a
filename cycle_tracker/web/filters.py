"""The wording of dates and statuses, and the question who may do what, for templates."""

import re
from functools import lru_cache
from urllib.parse import quote

from flask import Flask
from markupsafe import Markup, escape

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core.document_states import OUTSTANDING_AFTER_DAYS, report_guidance_date
from cycle_tracker.core.lines import several_lines
from cycle_tracker.core.periods import FIRST_START
from cycle_tracker.core.wording import counted_of, number_words
from cycle_tracker.web import wording
from cycle_tracker.web.access import can

KEPT_TITLES = 1_024
YEARS = re.compile("[0-9]{4}–[0-9]{2}")


def init_app(app: Flask) -> None:
    """Give templates the filters `day`, `moment`, `counted`, `years_together` and `mail_address`; `can`, `Permission`,
    `count_of` and `counted_of`; and the settings `outstanding_after` (days) and `report_guidance_date` in words."""
    app.add_template_filter(wording.day, "day")
    app.add_template_filter(wording.moment, "moment")
    app.add_template_filter(number_words, "counted")
    app.add_template_filter(years_together, "years_together")
    app.add_template_filter(mail_address, "mail_address")
    app.add_template_global(can, "can")
    app.add_template_global(wording.count, "count_of")
    app.add_template_global(counted_of, "counted_of")
    app.jinja_env.globals["Permission"] = Permission
    app.jinja_env.globals["outstanding_after"] = OUTSTANDING_AFTER_DAYS
    app.jinja_env.globals["report_guidance_date"] = f"{report_guidance_date(FIRST_START.year):%-d %B}"


def mail_address(address: str) -> str:
    """The address as it stands behind `mailto:`, where signs in it could say more than whom to write to (RFC 6068)."""
    return quote(address, safe="@")


@lru_cache(KEPT_TITLES, typed=True)
def years_together(text: str) -> Markup:
    """The text with each pair of years, such as 2025–26, kept on one line."""
    return Markup(YEARS.sub(r'<span class="app-years">\g<0></span>', str(escape(several_lines(text)))))  # noqa: S704  escaped before
