"""The pages about a revision of a plan that is in preparation."""
