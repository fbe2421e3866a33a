"""A partnership joins, is set up, and opens the cycle of each three-year period.

Here live the templates of the guidance, the facts of the field, bodies, closure days and the first day of notices.
It may use `documents` and what is below.
Generating is a pure function of template, period and partnership.
Begin with `rules/templates.py`, then `services/cycles.py` (open) and `services/partnerships.py` (set up).
"""
