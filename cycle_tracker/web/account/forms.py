"""The form for signing in."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from cycle_tracker.services.users import LONGEST_PASSWORD

LONGEST_EMAIL = 254


def _trimmed(text: str | None) -> str | None:
    return text.strip() if text else text


class SignInForm(FlaskForm):
    """An address and a password. What is wrong with the two together is said in one way only."""

    email = StringField(
        "Email address",
        filters=[_trimmed],
        validators=[
            InputRequired("Enter your email address"),
            Length(max=LONGEST_EMAIL, message=f"An email address has at most {LONGEST_EMAIL} characters"),
        ],
    )
    password = PasswordField(
        "Password",
        validators=[
            InputRequired("Enter your password"),
            Length(max=LONGEST_PASSWORD, message=f"A password has at most {LONGEST_PASSWORD} characters"),
        ],
    )
    next = HiddenField()
