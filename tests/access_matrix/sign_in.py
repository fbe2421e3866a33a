"""Signing in and out, and links from mails."""

from tests.access_matrix.cells import EVERYBODY, everywhere

TABLE = [everywhere("/sign-out", EVERYBODY, "POST")]
OPEN_TO_ALL = {
    (rule, method)
    for rule in (
        "/sign-in",
        "/sign-in/code",
        "/sign-in/link",
        "/sign-in/link/<token>",
        "/forgotten-password",
        "/reset-password/<token>",
    )
    for method in ("GET", "POST")
}
