"""One attempt to save what a form says ends in one of four ways, and only one of them leaves something behind."""

from collections.abc import Iterator

import pytest
from flask import Flask
from psycopg.errors import DeadlockDetected, QueryCanceled
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from wtforms import IntegerField

from cycle_tracker.core.errors import ChangedMeanwhile, RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.web.forms import FormAbout, LineField, required
from cycle_tracker.web.saving import AT_THE_SAME_MOMENT, Attempt
from tests.factories import make_organisation


class Thing:
    version = 3


class ThingForm(FormAbout):
    name = LineField("Name", validators=[required("Enter a name")])
    version = IntegerField()

    def for_now(self, thing: Thing) -> None:
        self.version.data = thing.version

    def ensure_current(self, thing: Thing) -> None:
        if self.version.data != thing.version:
            raise ChangedMeanwhile("Someone else was first.")


@pytest.fixture
def sent(app: Flask) -> Iterator[None]:
    with app.test_request_context(method="POST", data={"name": "Moray", "version": "3"}):
        yield


def organisations() -> int:
    db.session.rollback()
    return db.session.query(Organisation).count()


def test_a_form_that_was_not_sent_is_about_the_thing_as_it_is(app: Flask) -> None:
    with app.test_request_context():
        form = ThingForm()
        attempt = Attempt(form, Thing())
        assert not attempt.validate()
        assert (form.version.data, attempt.status, form.errors) == (3, 200, {})


@pytest.mark.usefixtures("sent")
def test_a_change_is_committed_at_the_end_of_the_block() -> None:
    attempt = Attempt(ThingForm(), Thing())
    assert attempt.validate()
    with attempt:
        make_organisation()
    assert attempt.saved
    assert organisations() == 1


@pytest.mark.usefixtures("sent")
def test_a_rule_that_refuses_is_shown_beside_its_field_and_nothing_is_kept() -> None:
    form = ThingForm()
    attempt = Attempt(form, Thing())
    with attempt:
        make_organisation()
        raise RuleBroken("Not that name.", field="name")
    assert not attempt.saved
    assert (attempt.status, form.name.errors) == (200, ["Not that name."])
    assert isinstance(attempt.error, RuleBroken)
    assert organisations() == 0


@pytest.mark.parametrize(
    "error",
    [
        StaleDataError(),
        IntegrityError("", {}, Exception()),
        OperationalError("", {}, DeadlockDetected()),
        ChangedMeanwhile("First."),
    ],
)
@pytest.mark.usefixtures("sent")
def test_a_change_that_comes_too_late_says_so_and_nothing_is_kept(error: Exception) -> None:
    form = ThingForm()
    attempt = Attempt(form)
    with attempt:
        make_organisation()
        raise error
    assert (attempt.saved, attempt.is_late, attempt.status) == (False, True, 409)
    assert form.form_errors == ["First." if isinstance(error, ChangedMeanwhile) else AT_THE_SAME_MOMENT]
    assert organisations() == 0


def test_whether_it_came_too_late_is_asked_before_the_form_and_what_was_typed_stays(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"name": "", "version": "2"}):
        form = ThingForm()
        attempt = Attempt(form, Thing())
        assert not attempt.validate()
        assert attempt.status == 409
        assert form.form_errors == ["Someone else was first."]
        assert (form.name.errors, form.version.data) == ((), 3)


@pytest.mark.parametrize("error", [RuleBroken("No."), StaleDataError(), ChangedMeanwhile("First.")])
@pytest.mark.usefixtures("sent")
def test_what_was_refused_is_not_kept_by_a_later_commit_in_the_request(error: Exception) -> None:
    with Attempt(ThingForm()):
        make_organisation()
        raise error
    db.session.commit()  # as a note beside the page does
    assert organisations() == 0


@pytest.mark.usefixtures("sent")
def test_any_other_error_goes_on() -> None:
    attempt = Attempt(ThingForm())
    with pytest.raises(ZeroDivisionError), attempt:
        raise ZeroDivisionError
    assert not attempt.saved


@pytest.mark.usefixtures("sent")
def test_other_trouble_of_the_database_goes_on() -> None:
    with pytest.raises(OperationalError), Attempt(ThingForm()):
        raise OperationalError("", {}, QueryCanceled())
