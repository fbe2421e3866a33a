"""Pages about what officials recorded for a partnership."""
