"""The officials' list of plans and annual reports that are past their guidance date and not complete."""
