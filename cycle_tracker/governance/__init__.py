"""What came to somebody because a date passed, and what was decided of it.

Here live escalations and their stages, governance groups with members and meetings, and decisions.
It may use `cycles` and what is below; who is told of a rung is in `reminders`.
Whoever decides stands apart from who owns it; a lead who is the clerk records what the group decided.
Begin with `rules.py`, then `services/raising.py` and `services/decisions.py`.
"""
