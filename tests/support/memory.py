"""Where the files of tests are kept."""

import os
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ENOUGH_BYTES = 3 << 30


def keep_files_in_memory() -> None:
    """Files of tests outlive no test: where there is room they never see a disk."""
    if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK):
        room = os.statvfs(MEMORY)
        if room.f_bavail * room.f_frsize >= ENOUGH_BYTES:
            os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)
