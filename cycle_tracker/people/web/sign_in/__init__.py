"""Signing in and out: by password, by a mailed link, with a code."""
