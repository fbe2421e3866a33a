"""Who changed what, sealed afterwards."""
