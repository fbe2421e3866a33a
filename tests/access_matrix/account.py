"""One's own account: everybody's own, and nobody else's."""

from tests.access_matrix.cells import EVERYBODY, Cell, everywhere
from tests.support.pages import PASSWORD

TABLE = [
    everywhere("/account", EVERYBODY),
    everywhere("/account/sessions/end", EVERYBODY, "POST"),
    everywhere("/account/password", EVERYBODY),
    everywhere("/account/password", EVERYBODY, "POST", data=(("old", PASSWORD), ("password", PASSWORD))),
    everywhere("/account/preferences", EVERYBODY),
    everywhere(
        "/account/preferences",
        EVERYBODY,
        "POST",
        data=(("rhythm", "weekly"), ("weekday", "2"), ("reminds_before", "y")),
    ),
    everywhere("/account/codes", EVERYBODY),
    Cell(
        "/account/codes",
        "POST",
        "/account/codes",
        EVERYBODY,
        everywhere=True,
        data=(("code", "123456"), ("password", PASSWORD)),
        gives_a_page=True,
    ),
    everywhere("/account/codes/off", EVERYBODY, "POST", data=(("code", "123456"),)),
    everywhere("/account/codes/recovery", EVERYBODY, "POST", data=(("code", "123456"),)),
]
