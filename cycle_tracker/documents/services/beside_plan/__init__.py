"""What is recorded beside a plan, such as its own start: recorded, and undone with a reason."""
