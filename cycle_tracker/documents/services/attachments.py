"""The copy that is kept of a version, for the emails that send the version to somebody."""

import logging
from hashlib import sha256

from sqlalchemy import Connection, select

from cycle_tracker.mail.services.attachments import AttachedFile
from cycle_tracker.models.evidence import StoredContent, StoredFile
from cycle_tracker.models.publication import Publication

# Bytes. What is larger, mail servers often refuse.
LARGEST_ATTACHED = 5 * 1024 * 1024
log = logging.getLogger(__name__)


def kept_copy_of(connection: Connection, publication_id: int) -> AttachedFile | None:
    """The kept copy of a version as it is now, of at most `LARGEST_ATTACHED` bytes. None if there is none or it is
    larger, if its bytes are gone or damaged, and if the version was undone."""
    kept = connection.execute(
        select(StoredFile.id, StoredFile.name, StoredFile.media_type, StoredFile.sha256, StoredContent.content)
        .select_from(Publication)
        .join(StoredFile, StoredFile.id == Publication.kept_copy_id)
        .join(StoredContent, StoredContent.file_id == StoredFile.id)
        .where(
            Publication.id == publication_id,
            Publication.recorded_to.is_(None),
            StoredFile.size <= LARGEST_ATTACHED,
        )
    ).one_or_none()
    if kept is None:
        return None
    if sha256(kept.content).hexdigest() != kept.sha256:
        log.error("file %d is not what was stored, and was not attached", kept.id)
        return None
    return AttachedFile(kept.name, kept.media_type, kept.content)
