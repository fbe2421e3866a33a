"""Fifty people save one milestone at the same moment, twenty times over (F18)."""

import pytest
from flask import Flask

from tests.whole.test_editing_at_once import email, save_in_rounds

__all__ = ["email"]

pytestmark = pytest.mark.long


def test_of_fifty_who_save_at_once_one_does_twenty_times_over(app: Flask, email: str) -> None:
    save_in_rounds(app, email, 20)
