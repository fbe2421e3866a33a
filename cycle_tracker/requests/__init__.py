"""Update requests: an official asks how a document stands, and its partnership answers.

Here lives all of it, from the rule to the page; the table is `models/update_request.py`.
It may use `governance` and what is below.
One request for a document is open at a time.
Begin with `rules.py`, then `services.py`; the pages begin in `web/routes.py`.
"""
