"""What shows that a milestone was done: addresses and files."""
