"""Getting records in: the history of plans and reports, and milestones, each shown before it is recorded."""
