"""Who may come to what, by hand: one module for each package of pages, with its `TABLE`.

A module may have `OPEN_TO_ALL`, pairs of rule and method that need no sign-in, and `make(partnership)`, which adds
what its addresses name to a partnership and gives the parts of those addresses by name.
"""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from tests.access_matrix.cells import Cell


def modules() -> list[ModuleType]:
    """The tables, one for each package of pages."""
    found = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    return [module for module in found if hasattr(module, "TABLE")]


TABLE: list[Cell] = [cell for module in modules() for cell in module.TABLE]
OPEN_TO_ALL: set[tuple[str, str]] = {pair for module in modules() for pair in getattr(module, "OPEN_TO_ALL", ())}
