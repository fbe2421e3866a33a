"""Plans and annual reports: their facts, and what explains their dates.

Here live publications, approvals, copies, receipts, explanations, what is beside a plan, the public register.
It may use `milestones` and what is below.
A document is done by its facts alone; where it stands is worked out and never stored.
Begin with `rules/documents.py`, then `services/publications.py`; `web/facts.py` is what all its pages show.
"""
