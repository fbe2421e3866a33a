"""People with accounts and posts with shared mailboxes: who they are, what they may do, and what they own."""
