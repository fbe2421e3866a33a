"""The national group: who is in it. Administrators say so; officials and auditors read it."""
