"""One row of a file of organisations: read, or refused by its column in words."""

from hypothesis import given
from hypothesis import strategies as st

from cycle_tracker.imports.rules.import_rows import SheetRow, clean_cell
from cycle_tracker.imports.rules.organisation_rows import COLUMNS, KIND, PARTNERSHIP, ROLE, read_organisation_rows

KINDS, ROLES = ("school", "third-sector-interface"), ("member", "provider")

cells = st.one_of(
    st.sampled_from(
        ["", "Moray", "School", "third_sector interface", "PROVIDER", "1/4/2026", "31/6/2026", "S12000020"]
    ),
    st.text(max_size=30).map(clean_cell),
    st.just("x" * 300),
)
rows = st.fixed_dictionaries(dict.fromkeys(COLUMNS.names, cells))


@given(st.lists(rows, max_size=5))
def test_each_row_is_read_or_refused_and_never_both(given_rows: list[dict[str, str]]) -> None:
    read, problems = read_organisation_rows(
        [SheetRow(number, row) for number, row in enumerate(given_rows, 2)], kinds=KINDS, roles=ROLES
    )
    refused = {one.row for one in problems}
    assert {one.number for one in read} | refused == {number for number, _ in enumerate(given_rows, 2)}
    assert not {one.number for one in read} & refused
    for one in read:
        assert one.code or one.name
        assert one.kind in {"", *KINDS}
        assert bool(one.place) == bool(one.role) == (one.from_on is not None)
        assert one.place or one.to_on is None
    assert all(one.message and one.column in COLUMNS.names for one in problems)


def test_words_of_a_list_are_read_however_they_are_written() -> None:
    row = {KIND: "Third  Sector_interface", ROLE: "Provider", PARTNERSHIP: "Moray", "name": "A", "from": "1/4/2026"}
    (read,), problems = read_organisation_rows([SheetRow(2, row)], kinds=KINDS, roles=ROLES)
    assert (read.kind, read.role, problems) == ("third-sector-interface", "provider", [])
