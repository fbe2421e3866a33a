"""When people are told: leads in their own partnership, administrators everywhere."""

from cycle_tracker.core.roles import Role
from tests.access_matrix.cells import ADMINISTRATOR, LEAD, Cell, everywhere

ADMINISTRATORS = frozenset({ADMINISTRATOR})
SETTERS = frozenset({LEAD, ADMINISTRATOR})
FIELDS = (
    ("version", "0"),
    ("before_date", "own"),
    ("days_before", "21, 7"),
    ("on_day", "y"),
    ("how_often", "as-without"),
    ("up_to", "as-without"),
)
OPTIONAL = ("again", "first_after", "repeat_every", "lead_after", "chair_after", "group_after")


def place(rule: str, path: str, may: frozenset[Role], *, national: bool) -> list[Cell]:
    """The pages of the policy of one place."""
    return [
        Cell(rule, "GET", path, may, everywhere=national),
        Cell(f"{rule}/change", "GET", f"{path}/change", may, everywhere=national),
        Cell(
            f"{rule}/change",
            "POST",
            f"{path}/change",
            may,
            everywhere=national,
            data=FIELDS,
            gives_a_page=True,
            optional=OPTIONAL,
        ),
        Cell(f"{rule}/save", "POST", f"{path}/save", may, everywhere=national, data=FIELDS, optional=OPTIONAL),
    ]


TABLE = [
    everywhere("/policies", SETTERS),
    *place("/policies/all", "/policies/all", ADMINISTRATORS, national=True),
    *place("/policies/kinds/<kind>", "/policies/kinds/plan", ADMINISTRATORS, national=True),
    *place("/partnerships/<slug>/policies", "/partnerships/{slug}/policies", SETTERS, national=False),
    *place("/partnerships/<slug>/policies/<kind>", "/partnerships/{slug}/policies/plan", SETTERS, national=False),
]
