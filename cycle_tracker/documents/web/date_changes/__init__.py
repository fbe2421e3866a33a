"""Changes of dates: local dates moved, new expected dates proposed, noted and declined."""
