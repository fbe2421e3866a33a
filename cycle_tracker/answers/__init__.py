"""Answers by the link of a mail."""
