"""Codes of organisations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycle_tracker.organisations.rules import LONGEST_CODE, clean_code, is_code, is_own_code, own_code


@pytest.mark.parametrize(
    ("typed", "code", "is_one"),
    [
        (" s12000020 ", "S12000020", True),
        ("sc 007-991", "SC007-991", True),
        ("a", "A", True),
        ("A" * 20, "A" * 20, True),
        ("A" * 21, "A" * 21, False),
        ("", "", False),
        ("A--B", "A--B", False),
        ("-A", "-A", False),
        ("A_B", "A_B", False),
        ("Ä1", "Ä1", False),
    ],
)
def test_a_code_is_letters_and_digits(typed: str, code: str, is_one: bool) -> None:
    assert clean_code(typed) == code
    assert is_code(code) is is_one


@given(st.integers(1, 10**12))
def test_a_code_of_our_own_is_a_code_and_known_as_ours(number: int) -> None:
    code = own_code(number)
    assert is_code(code)
    assert is_own_code(code)
    assert len(code) <= LONGEST_CODE


@pytest.mark.parametrize("code", ["S12000020", "CT12", "CT00001X", "XCT000001", ""])
def test_an_official_code_is_not_ours(code: str) -> None:
    assert not is_own_code(code)
