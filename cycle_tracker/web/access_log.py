"""gunicorn's log of requests, where an operator asks for one, without the tokens in addresses."""

from typing import Any

from gunicorn.glogging import Logger

from cycle_tracker.web.hidden_tokens import without_tokens


class AccessLog(Logger):
    """What gunicorn is told to log with, in `gunicorn.conf.py`."""

    def atoms(self, *request_and_answer: Any) -> dict[str, Any]:
        """What a line of the log can be made of."""
        found: dict[str, Any] = super().atoms(*request_and_answer)
        return {name: without_tokens(value) if isinstance(value, str) else value for name, value in found.items()}
