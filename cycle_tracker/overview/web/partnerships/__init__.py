"""The page of one partnership: who is in it, where its documents stand, and the ways to everything else of it."""
