"""Answering, and stopping reminders: whoever holds the mailed link."""

from tests.access_matrix.cells import Cell

TABLE: list[Cell] = []
OPEN_TO_ALL = {
    ("/answer/<token>", "GET"),
    ("/answer/<token>", "POST"),
    ("/reminders/stop/<token>", "GET"),
    ("/reminders/stop/<token>", "POST"),
}
