"""The partnerships, their bodies and their calendars."""
