"""The day on which a plan was prepared, recorded by hand."""
