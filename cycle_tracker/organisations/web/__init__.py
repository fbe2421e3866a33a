"""The address book for administrators, and the organisations of one partnership for its planning leads."""
