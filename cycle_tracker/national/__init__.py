"""The nation's picture: what is outstanding, every partnership beside the others, and the national group.

Here live the tables of officials and who is in the national group.
It may use `operations`, `imports`, `feeds` and what is below.
It says of a partnership what that has shared, and no more.
Begin with `queries.py`; the pages begin in `web/outstanding/routes.py`.
"""
