"""Switching off, by the link of a mail, the reminders that may be switched off."""
