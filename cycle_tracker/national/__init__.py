"""The national picture: what is outstanding, all partnerships side by side, and the group that documents are raised to.

Here live the tables of officials and who is in the Scottish Government escalation group.
It may use `operations`, `imports`, `feeds` and what is below.
It says of a partnership what that has shared, and no more.
Begin with `queries/documents.py`; the pages begin in `web/outstanding/routes.py`.
"""
