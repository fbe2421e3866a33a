"""Saving what a form says: one attempt, which ends with a commit, with messages in the form, or with a 409."""

from types import TracebackType

from flask import g
from flask_wtf import FlaskForm
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from cycle_tracker.core.database import ONLY_READS_NOW
from cycle_tracker.core.errors import ChangedMeanwhile, RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.web.forms import show_rule

AT_THE_SAME_MOMENT = "Someone else saved a change at the same time. Check the page, then try again."
DEADLOCK = "40P01"
"""PostgreSQL's code for two transactions that each waited for the other: it ended this one."""


def give_way() -> None:
    """What follows in this request only reads, and may take its time: let others write meanwhile."""
    db.session.rollback()
    setattr(g, ONLY_READS_NOW, True)


class Attempt:
    """An attempt to save what a form says. Its `with` block makes the change; the end of the block commits it.

        attempt = Attempt(form, milestone)
        if attempt.validate():
            with attempt:
                drop_milestone(milestone, form.reason.data, by=current_user_row(), now=clock.now())
        if attempt.saved:
            return redirect(...)
        return render_template(...), attempt.status

    `about` is what a FormAbout changes, which somebody else may change while the form is open. A change that came too
    late leaves in the form what the person typed. `error` is what stood in the way, where the page depends on it.
    """

    def __init__(self, form: FlaskForm, about: object = None) -> None:
        self.form, self.about = form, about
        self.saved = False
        self.is_late = False
        self.error: BaseException | None = None
        if about is not None and not form.is_submitted():
            form.for_now(about)

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows the form again."""
        return 409 if self.is_late else 200

    def validate(self) -> bool:
        """True where the form was sent, about the thing as it is now, and says something that can be saved.

        Whether it came too late is asked first: what a form offers depends on what is recorded already.
        """
        if not self.form.is_submitted():
            return False
        try:
            if self.about is not None:
                self.form.ensure_current(self.about)
        except ChangedMeanwhile as error:
            self._come_too_late(error, error.message)
            return False
        return bool(self.form.validate())

    def __enter__(self) -> "Attempt":
        return self

    def __exit__(self, _kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> bool:
        """Commit. A rule that refuses is shown in the form; any other error goes on as it would without the block."""
        try:
            if error is None:
                db.session.commit()
                self.saved = True
                return True
        except (IntegrityError, StaleDataError) as from_commit:
            error = from_commit
        if isinstance(error, ChangedMeanwhile):
            self._come_too_late(error, error.message)
        elif isinstance(error, RuleBroken):
            db.session.rollback()
            self.error = error
            show_rule(self.form, error)
        elif isinstance(error, (IntegrityError, StaleDataError)) or _was_in_the_way(error):
            self._come_too_late(error, AT_THE_SAME_MOMENT)
        else:
            return False
        return True

    def _come_too_late(self, error: BaseException, message: str) -> None:
        db.session.rollback()
        self.is_late, self.error = True, error
        if self.about is None:
            self.form.form_errors.append(message)
        else:
            self.form.come_too_late(self.about, message)


def _was_in_the_way(error: BaseException | None) -> bool:
    return isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", "") == DEADLOCK
