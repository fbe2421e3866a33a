"""The governance group of a partnership: who is in it, when it meets, what it decides."""
