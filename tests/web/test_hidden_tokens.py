"""Tokens in addresses stand in no log of ours."""

import logging
from datetime import timedelta
from types import SimpleNamespace

from gunicorn.config import Config

from config import ROOT
from cycle_tracker.access.services.tokens import new_token
from cycle_tracker.core import addresses
from cycle_tracker.web.access_log import AccessLog
from cycle_tracker.web.hidden_tokens import without_tokens


def test_a_token_is_left_out_of_every_address_that_holds_one() -> None:
    for path in (
        addresses.calendar_feed,
        addresses.invitation,
        addresses.reset_password,
        addresses.sign_in_by_link,
    ):
        for _ in range(50):
            said = f"GET {path(new_token())} HTTP/1.1"
            assert without_tokens(said) == f"GET {path('(token)')} HTTP/1.1"


def test_addresses_without_one_stay_as_they_are() -> None:
    for path in ("/partnerships/moray/milestones/2026-29.annual-report-1", "/static/app/app.css", "/" + "a" * 80):
        assert without_tokens(f"GET {path} HTTP/1.1") == f"GET {path} HTTP/1.1"


def test_gunicorn_logs_requests_without_them() -> None:
    assert 'logger_class = "cycle_tracker.web.access_log.AccessLog"' in (ROOT / "gunicorn.conf.py").read_text()
    token = new_token()
    path = addresses.calendar_feed(token)
    log = AccessLog(Config())
    answer = SimpleNamespace(status="200 OK", sent=10, headers=[])
    request = SimpleNamespace(headers=[("REFERER", f"https://tracker.example{path}")])
    environ = {"REQUEST_METHOD": "GET", "RAW_URI": path, "PATH_INFO": path, "SERVER_PROTOCOL": "HTTP/1.1"}
    environ["HTTP_REFERER"] = f"https://tracker.example{path}"
    atoms = log.atoms(answer, request, environ, timedelta(seconds=1))
    assert atoms["r"] == "GET /calendar/(token).ics HTTP/1.1"
    line = log.cfg.access_log_format % log.atoms_wrapper_class(atoms)
    assert token not in line
    assert token not in repr({name: value for name, value in atoms.items() if isinstance(value, str)})
    logging.getLogger("gunicorn.access").handlers.clear()
