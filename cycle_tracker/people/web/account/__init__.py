"""One's own account: where one is signed in, password, codes, and when mails come."""
