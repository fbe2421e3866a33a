"""An app that says how a request looks to it, for `WebServer`."""

import os

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from cycle_tracker.web.access import public
from cycle_tracker.web_app import create_app
from tests.conftest import settings_for_tests

SETTINGS = {"PROXY_COUNT": int(os.environ["PROXY_COUNT"]), "WTF_CSRF_ENABLED": True}

app = create_app({**settings_for_tests(os.environ["DATABASE_URL"]), **SETTINGS})


@app.get("/seen")
@public
def seen() -> ResponseReturnValue:
    """What the pages would work with."""
    return jsonify(
        method=request.method,
        url=request.url,
        root=request.root_path,
        path=request.path,
        address=request.remote_addr,
        user=request.remote_user,
        content_type=request.content_type,
        is_secure=request.is_secure,
    )
