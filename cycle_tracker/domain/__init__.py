"""The rules of the planning cycle: pure functions and values, knowing neither Flask nor the database."""
