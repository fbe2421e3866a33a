"""An official asks how a document stands, and a partnership answers."""
