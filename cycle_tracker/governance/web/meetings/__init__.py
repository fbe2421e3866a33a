"""The decisions of a whole meeting, recorded on one page."""
