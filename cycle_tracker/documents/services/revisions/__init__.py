"""A revision of a plan, in preparation before it is published."""
