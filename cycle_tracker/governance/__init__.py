"""Escalations, groups and what they decide."""
