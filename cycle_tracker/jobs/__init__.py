"""Runs of jobs, and rows that are written once however many processes write them.

Here live the record of each run, locks, and inserting what is missing.
It may use `models` and what is below; the jobs themselves are in `scheduler/`, their work in the capabilities.
Whatever it offers holds when the same job runs twice at the same moment.
Begin with `services/job_runs.py`; `rules.py` says what is in time.
"""
