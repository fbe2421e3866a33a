"""Accepting an invitation: whoever holds the mailed link."""

from tests.access_matrix.cells import Cell

TABLE: list[Cell] = []
OPEN_TO_ALL = {("/invitation/<token>", "GET"), ("/invitation/<token>", "POST")}
