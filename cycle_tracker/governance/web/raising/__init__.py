"""Escalation: what came to whom, saying by when one replies, and raising something by hand."""
