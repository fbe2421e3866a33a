"""The pages for what goes wrong, in the words of the service. What a person sees never holds a trace."""

import logging
from time import monotonic
from typing import IO, cast

from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, NoResultFound, OperationalError
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError
from werkzeug.exceptions import BadRequest, ClientDisconnected, HTTPException, RequestEntityTooLarge, SecurityError
from werkzeug.wsgi import LimitedStream

from cycle_tracker.access.services.sign_in_attempts import TooManyTries
from cycle_tracker.core.database import SAFE_METHODS
from cycle_tracker.core.errors import ChangedMeanwhile, NotAllowed, RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.file_kinds import size_words

PAGES = frozenset({400, 403, 404, 409, 413, 429, 500, 503})
# Statuses whose page asks for no data and no session, because these may be what is broken.
UNRELIABLE = frozenset({500, 503})

PIECE = 64 * 1024
THROWN_AWAY_AT_MOST = 50 * 1024 * 1024
# Seconds for which a request that is too large is read to its end; a web worker has other work.
PATIENCE = 15

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Tie each error to its page."""
    app.before_request(refuse_json)
    app.before_request(refuse_nul)
    app.register_error_handler(HTTPException, lambda error: page(error.code or 500, error))
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(SecurityError, _unknown_host)
    app.register_error_handler(CSRFError, lambda _error: page(400))
    app.register_error_handler(NoResultFound, lambda _error: page(404))
    app.register_error_handler(NotAllowed, lambda _error: page(403))
    app.register_error_handler(TooManyTries, lambda error: page(429, wait=error.wait))
    app.register_error_handler(ChangedMeanwhile, lambda _error: page(409))
    app.register_error_handler(StaleDataError, lambda _error: page(409))
    # A form that came too late is shown again, and what its page is about may be gone.
    app.register_error_handler(ObjectDeletedError, lambda _error: page(409))
    app.register_error_handler(RuleBroken, _rule_broken)
    app.register_error_handler(DataError, _out_of_range)
    app.register_error_handler(OverflowError, _out_of_range)
    app.register_error_handler(OperationalError, _database_trouble)


def page(status: int, error: HTTPException | None = None, **words: object) -> ResponseReturnValue:
    """The page for a status; whatever was begun in the database is undone first."""
    db.session.rollback()
    g.plain_page = status in UNRELIABLE
    shown = status if status in PAGES else 400 if status < 500 else 500
    kept = {name: value for name, value in error.get_headers() if name == "Allow"} if error else {}
    return render_template(f"web/errors/{shown}.html", **words), status, kept


def refuse_json() -> None:
    """Before every request: what is sent here comes from forms. Flask-WTF would read JSON as one, whatever it says and
    past what is asked of the values of a form. Raises BadRequest."""
    if request.is_json and request.method not in SAFE_METHODS:
        raise BadRequest


def refuse_nul() -> None:
    """Before every request: no text of ours holds a NUL, and PostgreSQL takes none. Raises BadRequest."""
    texts = [request.path]
    for values in (request.args, request.form):
        texts += [text for name, given in values.lists() for text in (name, *given)]
    if any("\x00" in text for text in texts):
        raise BadRequest


def _too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """What was sent is taken to its end and thrown away first: a browser that is still sending reads no answer."""
    _throw_away_the_rest()
    return page(413, error, largest=size_words(current_app.config["MAX_CONTENT_LENGTH"]))


def _throw_away_the_rest() -> None:
    stream: IO[bytes]
    try:
        stream = request.stream
    except RequestEntityTooLarge:  # found by its length alone, so nothing has been read
        stream = cast(IO[bytes], LimitedStream(request.environ["wsgi.input"], request.content_length or 0))
    until, left = monotonic() + PATIENCE, THROWN_AWAY_AT_MOST
    try:
        while left > 0 and monotonic() < until and (piece := stream.read(min(PIECE, left))):
            left -= len(piece)
    except (ClientDisconnected, RequestEntityTooLarge, OSError):
        return


def _unknown_host(_error: SecurityError) -> ResponseReturnValue:
    """In plain words: for a host that is not ours there are no addresses to put on a page."""
    return "This is not the address of the service.\n", 400, {"Content-Type": "text/plain; charset=utf-8"}


def _rule_broken(error: RuleBroken) -> ResponseReturnValue:
    """A rule that no form was there to show."""
    log.warning("refused: %s", error)
    return page(400)


def _out_of_range(error: Exception) -> ResponseReturnValue:
    """A value in the address or the form that no column can hold."""
    log.warning("not a value that is kept: %s", type(error).__name__)
    return page(400)


def _database_trouble(error: OperationalError) -> ResponseReturnValue:
    log.error("the database cannot be used: %s", error.orig)
    return page(503)
