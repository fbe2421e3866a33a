"""The rule of web addresses, as a validator of forms."""

from wtforms import Field, Form
from wtforms.validators import ValidationError

from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.web_addresses import ensure_web_address


def is_web_address(_form: Form, field: Field) -> None:
    """Raises ValidationError, in the words of the rule, for what no browser could open."""
    try:
        ensure_web_address(field.data)
    except RuleBroken as rule:
        raise ValidationError(rule.message) from rule
