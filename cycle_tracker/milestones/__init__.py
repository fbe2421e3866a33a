"""Anything with a due date, and what hangs on it.

Here live its changes, owners, steps before it, evidence, files, comments and contacts, and what its pages share.
It may use `reminders` and what is below; what is particular to a plan or a report is in `documents`.
What another capability shows on the page of a milestone is a `section.py` in its `web` (see `web/sections.py`).
Begin with `services/milestones.py` and `queries/milestones.py`; the page itself is in `overview`.
"""
