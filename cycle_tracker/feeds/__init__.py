"""Dates in people's own calendar programs, by an address with a token.

Here live the addresses, who still gets what by one, and the file that it answers with.
It may use `answers` and what is below, and knows neither `imports` nor `operations`.
An address is shown once, and kept as a hash.
Begin with `services.py`; `web/entries.py` says what stands in a calendar.
"""
