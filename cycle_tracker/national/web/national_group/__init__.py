"""The Scottish Government escalation group: who is in it. Administrators say so; officials and auditors read it."""
