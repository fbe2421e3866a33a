"""Files in the database: kept with their hash, read with it, and let go."""

from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete

from cycle_tracker.audit.services import audit
from cycle_tracker.core.extensions import db
from cycle_tracker.core.file_kinds import tidy_name
from cycle_tracker.milestones.services.file_checks import check_file
from cycle_tracker.models.evidence import StoredContent, StoredFile


class FileDamaged(Exception):
    """The bytes in the database are not those that were put there."""


def store_file(name: str, content: bytes, *, now: datetime) -> StoredFile:
    """Keep a file and its bytes, both or neither, in the transaction of the caller. Flushes.

    Its hash goes into the audit as well, where nobody can change it. Raises RuleBroken, for the field `file`, for what
    is not kept here.
    """
    tidy = tidy_name(name)
    kind = check_file(tidy, content)
    file = StoredFile(name=tidy, media_type=kind.media_type, size=len(content), sha256=sha256(content).hexdigest())
    db.session.add(file)
    db.session.flush()
    db.session.add(StoredContent(file_id=file.id, content=content))
    audit.record("file", file.id, "stored", by=None, at=now, after={"sha256": file.sha256, "size": file.size})
    db.session.flush()
    return file


def read_content(file: StoredFile) -> bytes:
    """The bytes of a file. Raises NoResultFound where they were taken away, and FileDamaged where they changed."""
    content = db.session.get_one(StoredContent, file.id).content
    if sha256(content).hexdigest() != file.sha256:
        raise FileDamaged(f"file {file.id} is not what was stored")
    return content


def remove_content(file: StoredFile) -> None:
    """Let the bytes go. That there was such a file stays."""
    db.session.execute(delete(StoredContent).where(StoredContent.file_id == file.id))
