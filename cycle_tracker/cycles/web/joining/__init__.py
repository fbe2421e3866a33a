"""Setting partnerships up, and how far each has got."""
