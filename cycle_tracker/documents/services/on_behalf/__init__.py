"""What officials record for a partnership: its leads are notified of it, and may dispute it."""
