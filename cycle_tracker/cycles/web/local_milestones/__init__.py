"""Adding a local milestone to a cycle."""
