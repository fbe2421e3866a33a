"""What pages about a milestone share, and the pages of what hangs on it."""
