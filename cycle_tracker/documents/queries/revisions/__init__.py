"""Revisions of plans: in preparation, published or abandoned."""
