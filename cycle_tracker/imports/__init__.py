"""Records that come in by file, by pasted cells and in a grid: shown first, recorded once.

Here live reading rows, what they would change, and recording it under the rules of the service.
It may use `answers` and what is below, and knows neither `feeds` nor `operations`.
All of a file is recorded or nothing of it.
Begin with `rules/import_rows.py` and `services/plans.py`; then `services/history.py` or `services/milestones.py`.
"""
