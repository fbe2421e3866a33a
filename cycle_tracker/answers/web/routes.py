"""The page of a mailed link: one question about one milestone. Opening it changes nothing; its button answers, once."""

from flask import Blueprint, Response, make_response, render_template
from flask.typing import ResponseReturnValue

from cycle_tracker.answers.queries import Question
from cycle_tracker.answers.services import AnswerOver, answer, find_asked
from cycle_tracker.answers.web.forms import AnswerForm
from cycle_tracker.answers.web.presenters import recorded_words
from cycle_tracker.core import addresses, clock
from cycle_tracker.core.extensions import db
from cycle_tracker.web.access import by_mailed_token, public
from cycle_tracker.web.saving import Attempt
from cycle_tracker.web.wording import bases_wording, due_wording

bp = Blueprint("answers", __name__, url_prefix="/answer/<token>")
GONE = 410


@bp.get("")
@public
def ask(token: str) -> ResponseReturnValue:
    """The question."""
    question = find_asked(token, today=clock.today(), now=clock.now())
    return _over() if question is None else _page(question, _form(question))


@bp.post("")
@by_mailed_token
def give(token: str) -> ResponseReturnValue:
    """The answer. What the person may do is asked again, in the transaction that records it."""
    question = find_asked(token, today=clock.today(), now=clock.now())
    if question is None:
        return _over()
    form = _form(question)
    attempt = Attempt(form)
    if attempt.validate():
        try:
            with attempt:
                answer(token, form.said, today=clock.today(), now=clock.now())
        except AnswerOver:
            return _over()
    if attempt.saved:
        said = recorded_words(form.said, question)
        return _private(render_template("answers/thanks.html", said=said, question=question))
    return _page(question, form, attempt.status)


def _form(question: Question) -> AnswerForm:
    form = AnswerForm(done_on=clock.today())
    form.offer(question)
    return form


def _page(question: Question, form: AnswerForm, status: int = 200) -> Response:
    milestone = question.milestone
    slug = milestone.partnership.slug if milestone.partnership else ""
    return _private(
        render_template(
            "answers/ask.html" if milestone.is_open else "answers/closed.html",
            milestone=milestone,
            who=question.user or question.contact,
            is_contact=question.contact is not None,
            dates=due_wording(milestone, clock.today()),
            bases=bases_wording(milestone),
            record=addresses.milestone(slug, milestone.key),
            form=form,
        ),
        status,
    )


def _over() -> Response:
    """The same for a link that was used, one that is too old and one that never was."""
    db.session.rollback()
    return _private(render_template("answers/over.html"), GONE)


def _private(page: str, status: int = 200) -> Response:
    """A page whose address no other site is told."""
    response = make_response(page, status)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
