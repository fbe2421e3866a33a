"""Who changed what, when and why: written in the transaction of the change, sealed afterwards.

Here live the events, the hash chain over them and its verification, and who stands in for whom when something is done.
It may use `jobs` and what is below.
Every service that changes something calls `services/audit.py`; nothing is ever changed or taken out.
Begin there; the chain is `rules.py`, and `services/seals.py` adds to it.
"""
