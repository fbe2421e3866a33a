"""Opening cycles, joining and setting up."""
