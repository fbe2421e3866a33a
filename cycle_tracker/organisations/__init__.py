"""The address book of organisations, and their parts in the partnerships.

Here live adding, changing, accepting and merging organisations, and saying which lead, take part or provide services.
It may use `people` and what is below; people without an account who belong to one are kept in `milestones`.
What a partnership adds is for it alone until an administrator accepts it.
Begin with `services/organisations.py` and `services/parts.py`; the pages begin in `web/routes.py`.
"""
