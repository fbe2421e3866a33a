"""What all pages share, and no page of its own.

Here live the declarations of access, forms and fields, filters, files to download, headers, errors, wording of dates.
It may use `app` and what is below; each capability's pages are in its own `web`.
Each view declares who may come to it, and the app does not start with one that does not.
Begin with `access.py`, then `forms.py` and `wording.py`.
"""
