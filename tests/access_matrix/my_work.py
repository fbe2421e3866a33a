"""A person's own list, its file, its calendar, and one reply to several of its rows."""

from tests.access_matrix.cells import CONTRIBUTOR, LEAD, Cell, everywhere

WORKS = frozenset({LEAD, CONTRIBUTOR})
REPLY = (
    ("ticked", "{tick_1}"),
    ("ticked", "{tick_2}"),
    ("answer", "on-track"),
    ("note", "All is well"),
    ("confirmed", "yes"),
)
"""The ticks are those that the table of lists makes."""

TABLE = [
    everywhere("/my-work", WORKS),
    everywhere("/my-work/calendar", WORKS),
    Cell("/my-work/export.<any(csv,xlsx):form>", "GET", "/my-work/export.csv", WORKS, everywhere=True),
    Cell("/my-work/export.<any(csv,xlsx):form>", "GET", "/my-work/export.xlsx", WORKS, everywhere=True),
    everywhere("/my-work/reply", WORKS, "POST", REPLY),
]
