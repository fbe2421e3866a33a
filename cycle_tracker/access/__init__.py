"""Who may see and do what: permissions, sign-ins, one-time links."""
