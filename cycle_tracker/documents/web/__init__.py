"""The pages about documents, and the forms and facts that they share."""
