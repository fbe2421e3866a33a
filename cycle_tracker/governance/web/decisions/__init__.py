"""What becomes of a decision after it was recorded."""
