"""Records that come in by file, by pasted cells and in a grid."""
