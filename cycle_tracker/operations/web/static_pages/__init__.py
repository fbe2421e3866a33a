"""Pages whose words are the same for everybody."""
