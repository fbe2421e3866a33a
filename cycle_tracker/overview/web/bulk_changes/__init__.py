"""A new owner or new local dates for several milestones of a partnership, shown before it is done."""
