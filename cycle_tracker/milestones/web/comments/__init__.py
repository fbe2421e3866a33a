"""What people of a partnership say to each other about a milestone."""
