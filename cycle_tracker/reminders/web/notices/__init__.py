"""Who was notified of what, and why, and why not."""
