"""The pages about escalations, groups and decisions."""
