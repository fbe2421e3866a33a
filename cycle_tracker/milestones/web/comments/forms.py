"""The form of a comment."""

from flask_wtf import FlaskForm
from wtforms.validators import Length

from cycle_tracker.milestones.services.comments import LONGEST_COMMENT
from cycle_tracker.web.forms import LinesField, required


class CommentForm(FlaskForm):
    """A few words in plain text."""

    text = LinesField(
        "Your comment",
        validators=[
            required("Write a comment"),
            Length(max=LONGEST_COMMENT, message=f"The comment must be {LONGEST_COMMENT:,} characters or fewer"),
        ],
    )
