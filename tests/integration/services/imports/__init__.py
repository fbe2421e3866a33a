"""Getting records in."""
