"""The headers that every answer carries, whatever its status."""

from flask import Flask, Response, current_app, request

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# Its program keeps what it got, and asks each time whether that still holds. No cookie has a part in it.
CALENDAR = "calendar_feeds.fetch"
ONE_YEAR = 365 * 24 * 60 * 60


def init_app(app: Flask) -> None:
    """Put the headers on every answer of the app."""
    app.after_request(add_headers)


def add_headers(response: Response) -> Response:
    """What a page may load and where it may be shown; and that nothing on the way keeps it, since what is on it
    depends on who asks."""
    for name, value in ALWAYS.items():
        response.headers.setdefault(name, value)  # a file that is downloaded says more strictly what it may do
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}; includeSubDomains"
    if request.endpoint == CALENDAR:
        response.headers["Cache-Control"] = "private, no-cache"
    elif request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("Cookie")
    return response
