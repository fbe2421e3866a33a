"""What came to a governance group, and the page on which it decides."""
