"""Where an official says that a document is not required, and takes that back."""
