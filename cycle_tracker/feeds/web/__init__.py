"""Dates in people's own calendar programs: making and stopping an address, and what it answers with."""
