"""Plans and annual reports: their facts, and the explanations of their dates."""
