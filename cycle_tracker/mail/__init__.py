"""The way out for mails: the outbox, its claims, the connections to the server.

Here live rendering into stored bytes, taking a message in hand, sending, and what an answer means for it.
It may use `access` and what is below; what a mail says, and whether it still holds, is its capability's.
`smtp.py` is the only file that speaks to Flask-Mail; the sender is given what it asks of notices (`Hooks`).
Begin with `services/outgoing.py` (in) and `services/outbox.py` (out); `rules.py` is the life of a message.
"""
