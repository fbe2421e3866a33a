"""Who was told what, and why, and why not."""
