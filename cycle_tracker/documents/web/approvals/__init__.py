"""What each lead body made of a document, recorded for it."""
