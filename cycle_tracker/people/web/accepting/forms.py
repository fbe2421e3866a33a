"""The forms for accepting an invitation."""

from flask_wtf import FlaskForm
from wtforms.validators import InputRequired, Length

from cycle_tracker.people.web.sign_in.forms import new_password_field
from cycle_tracker.web.forms import LineField

LONGEST_NAME = 120


class JoinForm(FlaskForm):
    """What a new account still needs; its address, role and place are those of the invitation."""

    name = LineField(
        "Your name",
        description="First and last name",
        validators=[
            InputRequired("Enter your name"),
            Length(max=LONGEST_NAME, message=f"Your name must be {LONGEST_NAME} characters or fewer"),
        ],
    )
    password = new_password_field("Password")
