"""People and posts: their accounts and roles, how they get in, and who stands in while they are away.

Here live invitations, signing in, codes, one's own account, and the mails about accounts.
It may use `partnerships` and what is below; what somebody owns is handed over in `milestones`.
Roles are granted for a scope, and whoever gets or loses one signs in again.
Begin with `services/users.py`, then `services/people.py`; the pages begin in `web/routes.py`.
"""
