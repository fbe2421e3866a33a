"""Sending a kept file to somebody who may have it: to be saved, never to be shown as a page of ours."""

import logging
from io import BytesIO

from flask import Response, send_file
from werkzeug.exceptions import InternalServerError

from cycle_tracker.milestones.services.files import FileDamaged, read_content
from cycle_tracker.models.evidence import StoredFile

SANDBOX = "sandbox; default-src 'none'"

log = logging.getLogger(__name__)


def send_stored_file(file: StoredFile) -> Response:
    """The file as a download, once its bytes are found to be those that were stored.

    Raises NoResultFound where they were taken away.
    """
    try:
        content = read_content(file)
    except FileDamaged as damage:
        log.error("%s", damage)
        raise InternalServerError from damage
    answer = send_file(
        BytesIO(content), mimetype=file.media_type, as_attachment=True, download_name=file.name, etag=False
    )
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer
