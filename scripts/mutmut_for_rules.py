"""mutmut, but for sentences: what people read is held by tests of words, and a letter in it is no fault in a rule."""

from collections.abc import Iterable

import libcst
from mutmut.__main__ import cli
from mutmut.mutation import mutators


def change_keys_alone(node: libcst.BaseString) -> Iterable[libcst.BaseString]:
    """The changes of a string without a blank: a key, a step, a stored value."""
    if isinstance(node, libcst.SimpleString) and " " in node.value:
        return []
    return mutators.operator_string(node)


def main() -> None:
    """Run mutmut's own command line."""
    operators = mutators.mutation_operators
    for place, (kind, operator) in enumerate(operators):
        if operator is mutators.operator_string:
            operators[place] = (kind, change_keys_alone)  # type: ignore[index]
    cli()


if __name__ == "__main__":
    main()
