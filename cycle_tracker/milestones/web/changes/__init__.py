"""What a lead sets right about a milestone: its owner, its name, what comes first, its sub-tasks, dropping it, opening
it again. Each on a page of its own, out of the way of what people do every day."""
