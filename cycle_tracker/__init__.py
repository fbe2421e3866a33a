"""Cycle Tracker: the children's services planning cycle, its deadlines and who is told about them."""
