"""The forms at the door."""

from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.validators import InputRequired, Length

from cycle_tracker.people.services.users import LONGEST_PASSWORD, SHORTEST_PASSWORD
from cycle_tracker.web.forms import HiddenLineField, LineField

LONGEST_EMAIL = 254
LONGEST_CODE = 40


def email_field() -> LineField:
    """An address to sign in by, or to be mailed at."""
    return LineField(
        "Email address",
        validators=[
            InputRequired("Enter your email address"),
            Length(max=LONGEST_EMAIL, message=f"The email address must be {LONGEST_EMAIL} characters or fewer"),
        ],
    )


def known_password_field(label: str = "Password", asked: str = "Enter your password") -> PasswordField:
    """A password that is compared with the one there is. What is too long is never hashed."""
    return PasswordField(
        label,
        validators=[
            InputRequired(asked),
            Length(max=LONGEST_PASSWORD, message=f"The password must be {LONGEST_PASSWORD} characters or fewer"),
        ],
    )


def new_password_field(label: str = "New password") -> PasswordField:
    """A password to be set. The rule itself is that of the service."""
    return PasswordField(
        label,
        description=f"At least {SHORTEST_PASSWORD} characters. Use three random words.",
        validators=[
            InputRequired("Enter a new password"),
            Length(
                min=SHORTEST_PASSWORD,
                max=LONGEST_PASSWORD,
                message=f"The password must be {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters",
            ),
        ],
    )


def code_field(label: str, description: str) -> LineField:
    """A code from an app, or a recovery code."""
    return LineField(
        label,
        description=description,
        validators=[
            InputRequired("Enter the code"),
            Length(max=LONGEST_CODE, message="This code is too long"),
        ],
    )


class SignInForm(FlaskForm):
    """An address and a password. What is wrong with the two together is said in one way only."""

    email = email_field()
    password = known_password_field()
    next = HiddenLineField()


class AskForMailForm(FlaskForm):
    """The address to which a link is mailed."""

    email = email_field()
    next = HiddenLineField()


class NewPasswordForm(FlaskForm):
    """A new password, seen by nobody but its owner."""

    password = new_password_field()


class CodeForm(FlaskForm):
    """The second step of signing in."""

    code = code_field("Code", "A 6-digit code from your app, or one of your recovery codes")


class ButtonForm(FlaskForm):
    """A button, and the token that says that it was pressed here."""
