"""What is recorded beside a plan, such as its own start: read with the plan, for those who may see it."""
