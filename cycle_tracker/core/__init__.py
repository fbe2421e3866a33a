"""The words that everybody shares, the clock and the database."""
