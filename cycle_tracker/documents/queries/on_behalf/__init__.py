"""What officials recorded for partnerships, as pages and the job ask for it."""
