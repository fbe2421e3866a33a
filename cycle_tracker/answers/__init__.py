"""How a milestone stands, said by the one-time link of a mail, without signing in.

Here lives what is asked, what is recorded, and with the rights of which moment.
It may use `requests` and what is below; the links are made in `reminders` when the mail is sent.
Opening a link changes nothing; a link takes one answer.
Begin with `services.py`; the pages begin in `web/routes.py`.
"""
