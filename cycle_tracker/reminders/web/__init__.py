"""The pages about who is told what, when."""
