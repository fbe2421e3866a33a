"""What will be mailed to whom in the days ahead."""
