"""Loading rows of a file into a table: what is new is added, what the file says otherwise is put right."""

from dataclasses import dataclass
from typing import Any

from cycle_tracker.core.extensions import Base, db


@dataclass
class Loaded:
    """Of one sort of fact: how many there are, how many of them are new, how many were put right, and how many were
    left because a person had changed them."""

    total: int = 0
    new: int = 0
    changed: int = 0
    kept: int = 0


def load_rows(model: type[Base], key: str, known: dict[str, Any], rows: dict[str, dict[str, Any]]) -> Loaded:
    """Add the rows that are missing, by their key, and put right those that say something else. What an administrator
    edited stays as it is."""
    loaded = Loaded(total=len(rows))
    for name, values in rows.items():
        row = known.get(name)
        if row is None:
            db.session.add(model(**{key: name, **values}))
            loaded.new += 1
        elif not getattr(row, "edited", False) and any(
            getattr(row, column) != value for column, value in values.items()
        ):
            for column, value in values.items():
                setattr(row, column, value)
            loaded.changed += 1
    db.session.flush()
    return loaded
