"""The words that everybody shares, the clock and the database.

Here live errors, kinds, states, dates and their wording, roles, audiences, and addresses of pages.
It uses nothing else of the service, and whoever adds to it makes it everybody's: what one capability needs stays there.
`clock.py` alone reads the clock; the rules do not, and are given the day.
Begin with `kinds.py` and `lifecycle.py`, then `deadlines.py`: the one meaning of overdue.
"""
