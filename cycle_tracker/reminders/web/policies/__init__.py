"""When people are told, and how far up it goes: seen, tried out and changed."""
