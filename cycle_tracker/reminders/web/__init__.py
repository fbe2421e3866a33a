"""The pages about who is notified of what, and when."""
