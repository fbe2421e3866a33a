"""When people are notified, and how far a date is escalated: seen, tried out and changed."""
