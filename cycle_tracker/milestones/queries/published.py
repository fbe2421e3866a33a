"""What of a document is published, in SQL: the only spelling. Apart from other conditions, because a job that sends
emails does not load the tables of publications."""

from sqlalchemy import and_

from cycle_tracker.models.publication import Publication, Version

# True for what the world may read: the present version of a document. A draft for a consultation is not published, and
# counts for nothing.
IS_PUBLISHED = and_(Publication.is_present, Publication.version != Version.DRAFT)
