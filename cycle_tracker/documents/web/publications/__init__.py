"""What is known of a published document: its versions, addresses and copies, and what is missing among them."""
