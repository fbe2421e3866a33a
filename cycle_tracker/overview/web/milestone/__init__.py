"""The page of one milestone: what it is, what can be done with it, and what happened to it."""
