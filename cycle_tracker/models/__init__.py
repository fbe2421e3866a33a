"""The tables, one entity for each file, with what hangs off it.

Each is imported from its own file, `from cycle_tracker.models.notice import Notice`, and nothing here gathers them: the
daily jobs use half of the tables, and without the others each of their two runs saves 130 ms (together 11% of P0) and
2.5 MB. Whoever needs every table calls `load_all` first: the web side, the migrations, a test that makes tables.
"""

from importlib import import_module
from pkgutil import iter_modules


def load_all() -> None:
    """Make every table known."""
    for file in iter_modules(__path__):
        import_module(f"{__name__}.{file.name}")
