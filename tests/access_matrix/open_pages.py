"""What anybody may read: the register, the pages of words, the probes and the files of the design."""

from tests.access_matrix.cells import Cell

TABLE: list[Cell] = []
OPEN_TO_ALL = {
    ("/static/<path:filename>", "GET"),
    ("/healthz", "GET"),
    ("/readyz", "GET"),
    ("/help", "GET"),
    ("/privacy", "GET"),
    ("/cookies", "GET"),
    ("/accessibility", "GET"),
    ("/register", "GET"),
    ("/register/export.<any(csv,xlsx):form>", "GET"),
}
