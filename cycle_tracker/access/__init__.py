"""Who may see and do what, and how they prove who they are.

Here live the table of permissions, viewers, the scopes of statements, sign-ins, tries, passwords and one-time links.
It may use `audit` and what is below; people and their roles as such are in `people`.
Pages, mails and jobs ask the same functions, and SQL has their twins.
Begin with `rules/permissions.py`, then `queries/viewers.py` and `queries/scopes.py`.
"""
