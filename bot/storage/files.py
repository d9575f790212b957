"""Bytes outside the database, by the hash of their content: the same file twice is kept once."""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

BLOCK = 1024 * 1024
OWNER = "owner"


class FileStore:
    """A folder of files named by their SHA-256. Nothing a person wrote becomes part of a path."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextlib.contextmanager
    def draft(self) -> Iterator[tuple[Path, BinaryIO]]:
        """A file to write into; it is gone afterwards unless `keep` took it."""
        self.root.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix="draft-", dir=self.root)
        path = Path(name)
        try:
            with os.fdopen(handle, "wb") as stream:
                yield path, stream
        finally:
            path.unlink(missing_ok=True)

    def keep(self, path: Path) -> str:
        """Move a written file to its place, safe on the disk. Returns its hash."""
        digest = hashlib.sha256()
        with path.open("rb") as stream:
            while block := stream.read(BLOCK):
                digest.update(block)
            os.fsync(stream.fileno())
        sha256 = digest.hexdigest()
        place = self.path(sha256)
        place.parent.mkdir(parents=True, exist_ok=True)
        path.replace(place)
        place.chmod(0o600)
        return sha256

    def put(self, content: bytes) -> str:
        """Keep bytes that were made here. Returns their hash."""
        with self.draft() as (path, stream):
            stream.write(content)
            stream.flush()
            return self.keep(path)

    def read(self, sha256: str) -> bytes | None:
        """The bytes, None when they are not there."""
        try:
            return self.path(sha256).read_bytes()
        except FileNotFoundError:
            return None

    def remove(self, sha256: str) -> None:
        """Erase the bytes; none there is no error."""
        self.path(sha256).unlink(missing_ok=True)

    def belongs_to(self, mark: str) -> str:
        """Whose folder this is; a folder that is nobody's yet is `mark`'s from now on."""
        self.root.mkdir(parents=True, exist_ok=True)
        place = self.root / OWNER
        with self.draft() as (path, stream):
            stream.write(mark.encode("ascii"))
            stream.flush()
            os.fsync(stream.fileno())
            try:
                os.link(path, place)  # whole or not at all: an empty one would shut the folder's owner out
            except FileExistsError:
                return place.read_text("ascii")
        return mark

    def path(self, sha256: str) -> Path:
        """Where a hash is kept. Raises `ValueError` for anything that is no hash."""
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise ValueError("not a SHA-256")
        return self.root / sha256[:2] / sha256
