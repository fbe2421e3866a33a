"""People without an account who are asked about consultations and requests."""
