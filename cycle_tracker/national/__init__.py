"""The national picture: outstanding documents, every partnership beside the others, the national group."""
