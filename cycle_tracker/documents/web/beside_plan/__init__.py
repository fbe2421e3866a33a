"""What is recorded beside a plan, such as its own start: its part of the plan's page, and the pages that record it."""
