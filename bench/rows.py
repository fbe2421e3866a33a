"""One row of the measures: a promise, what was measured, and whether it holds."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Row:
    """One promise. `value` is the median of `median_of` repeats, each of them in `repeats`."""

    row: str
    promise: str
    value: float
    bound: float
    holds: bool
    median_of: int
    repeats: list[float]
    details: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


def judged(
    row: str, promise: str, repeats: Sequence[float], kind: Literal["at most", "at least"], bound: float, **details: Any
) -> Row:
    """The row of a promise that the median of these repeats is at most, or at least, the bound."""
    value = statistics.median(repeats)
    holds = value <= bound if kind == "at most" else value >= bound
    return Row(
        row=row,
        promise=f"{promise}: {kind} {bound}",
        value=round(value, 3),
        bound=bound,
        holds=holds,
        median_of=len(repeats),
        repeats=[round(repeat, 3) for repeat in repeats],
        details={name: _rounded(value) for name, value in details.items()},
    )


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 3)
    return [_rounded(one) for one in value] if isinstance(value, list) else value
