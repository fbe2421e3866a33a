"""What a person owns over all their partnerships, and one reply to several of them."""
