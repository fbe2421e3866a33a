"""Being away: who stands in, on one's own account and on the page of a person of a partnership."""
