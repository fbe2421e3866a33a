"""People and posts, their roles, and how they get in."""
