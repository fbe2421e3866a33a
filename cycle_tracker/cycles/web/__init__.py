"""The page of one cycle: its four stages, what is due in each, and who owns it."""
