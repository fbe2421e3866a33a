"""The rules: they know neither Flask nor the database."""
