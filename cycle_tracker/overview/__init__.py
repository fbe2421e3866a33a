"""The pages that gather: home, the page of a milestone, lists, calendars, a partnership and its status.

Here live the lists in SQL and in words, replies to several rows at once, and the history of a milestone.
It may use every other capability; only `pages`, `cli` and `web_app` are above it.
The page of a milestone knows its sections by no name: it asks for those that the app was given.
Begin with `web/milestone/routes.py` and `web/home/routes.py`; the lists are `queries/milestone_lists.py`.
"""
