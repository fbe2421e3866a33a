"""Rows as objects of their models that no session knows, for a page that only reads.

The session takes ten times as long to make an object of a row: it prepares each column of each table at each request,
and watches what becomes of the object. These are for reading alone. What was not read with them raises
DetachedInstanceError, and what is set on them is never saved.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy.orm import QueryableAttribute, class_mapper, make_transient_to_detached

from cycle_tracker.core.extensions import Base

Model = TypeVar("Model", bound=Base)


@cache
def columns_of(*models: type[Base]) -> tuple[QueryableAttribute[Any], ...]:
    """Every column of these models, for a statement whose rows `parts_of` takes apart."""
    return tuple(getattr(model, name) for model in models for name in _names(model))


def parts_of(row: Sequence[Any], *models: type[Base]) -> list[Any]:
    """The values of each of these models in a row that begins with `columns_of` them; None where it has no such row."""
    found, end = [], 0
    for model in models:
        start, end = end, end + len(_names(model))
        found.append(row[start:end] if row[start] is not None else None)
    return found


def detached(model: type[Model], values: Sequence[Any], **related: Any) -> Model:
    """The object with these values of all its columns, and these related objects."""
    made = model()
    made.__dict__.update(zip(_names(model), values, strict=True), **related)
    make_transient_to_detached(made)
    return made


@cache
def _names(model: type[Base]) -> tuple[str, ...]:
    """The attributes of a model that are columns, its number first."""
    mapper = class_mapper(model)
    names = [mapper.get_property_by_column(column).key for column in mapper.columns]
    return tuple(sorted(names, key=lambda name: name != "id"))
