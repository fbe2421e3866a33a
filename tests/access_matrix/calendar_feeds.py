"""Addresses for calendar programs. What a program fetches needs no sign-in: its token is all that it has."""

from tests.access_matrix.cells import EVERYBODY, Cell, everywhere

TABLE = [
    everywhere("/account/calendar", EVERYBODY),
    Cell(
        "/account/calendar",
        "POST",
        "/account/calendar",
        EVERYBODY,
        everywhere=True,
        data=(("of", "moray"),),
        gives_a_page=True,
    ),
    everywhere("/account/calendar/stop", EVERYBODY, "POST", data=(("feed", "1"),)),
    Cell("/partnerships/<slug>/calendar-feed", "GET", "/partnerships/{slug}/calendar-feed", EVERYBODY),
]
OPEN_TO_ALL = {("/calendar/<token>.ics", "GET")}
