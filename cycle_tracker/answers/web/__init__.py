"""Saying, by the link of a mail and without signing in, how one milestone stands; and what was said so."""
