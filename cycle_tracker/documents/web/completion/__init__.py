"""The steps that a record of a plan or report completes."""
