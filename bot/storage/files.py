"""Bytes outside the database, by the hash of their content: the same file twice is kept once."""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from bot.storage.engine import Unavailable
from bot.storage.sealing import FILE, ID_LETTERS, MAGIC, Damaged, Keyring, sealer

BLOCK = 1024 * 1024
OWNER = "owner"
HEAD = len(MAGIC) + ID_LETTERS


class FileStore:
    """A folder of files named by their SHA-256. Nothing a person wrote becomes part of a path."""

    def __init__(self, root: Path, keyring: Keyring | None = None) -> None:
        self.root = root
        self._keyring = keyring

    @contextlib.contextmanager
    def draft(self) -> Iterator[tuple[Path, BinaryIO]]:
        """A file to write into; it is gone afterwards unless `keep` took it.

        With a key it lies in memory: nothing plain reaches the disk, whenever the process is killed.
        """
        if self._keyring is None or not hasattr(os, "memfd_create"):
            with self._on_disk() as found:
                yield found
            return
        with os.fdopen(os.memfd_create("draft"), "wb") as stream:
            yield Path(f"/proc/{os.getpid()}/fd/{stream.fileno()}"), stream

    @contextlib.contextmanager
    def _on_disk(self) -> Iterator[tuple[Path, BinaryIO]]:
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
        if self._keyring is None:
            self._put_in_place(path, sha256)
        else:
            self._write(self._keyring.seal_bytes(path.read_bytes()), sha256)
        return sha256

    def _put_in_place(self, path: Path, sha256: str) -> None:
        place = self.path(sha256)
        place.parent.mkdir(parents=True, exist_ok=True)
        path.replace(place)
        place.chmod(0o600)

    def _write(self, stored: bytes, sha256: str) -> None:
        with self._on_disk() as (path, stream):
            stream.write(stored)
            stream.flush()
            os.fsync(stream.fileno())
            self._put_in_place(path, sha256)

    def put(self, content: bytes) -> str:
        """Keep bytes that were made here. Returns their hash. Raises `Unavailable` when there is no room."""
        try:
            with self.draft() as (path, stream):
                stream.write(content)
                stream.flush()
                return self.keep(path)
        except OSError as failure:
            raise Unavailable(f"the folder of files cannot be written: {failure.strerror}") from failure

    def read(self, sha256: str) -> bytes | None:
        """The bytes, None when they are not there. Raises `Damaged` for what cannot be opened."""
        try:
            stored = self.path(sha256).read_bytes()
        except FileNotFoundError:
            return None
        return self._plain(stored, sha256)

    def _plain(self, stored: bytes, sha256: str) -> bytes:
        if self._keyring is None or sealer(stored[:HEAD]) is None:
            return stored
        content = self._keyring.open_bytes(stored)
        if hashlib.sha256(content).hexdigest() != sha256:
            raise Damaged(f"{FILE} {sha256[:12]}: is another one's content")
        return content

    @contextlib.contextmanager
    def opened(self, sha256: str) -> Iterator[Path]:
        """Where the plain bytes can be read from, for a reader that wants a path. Raises `Damaged`."""
        if self._keyring is None:
            yield self.path(sha256)
            return
        with self.draft() as (path, stream):
            stream.write(self.read(sha256) or b"")
            stream.flush()
            yield path

    def turn(self) -> Iterator[bool]:
        """Seal what is kept with the newest key, a file a step: whether it had to be.

        What cannot be opened stays as it is.
        """
        keyring = self._keyring
        assert keyring is not None
        for place in sorted(self.root.glob("??/" + "?" * 64)):
            with contextlib.suppress(FileNotFoundError, Damaged):  # the first: erased meanwhile
                with place.open("rb") as stream:
                    stale = sealer(stream.read(HEAD)) != keyring.newest
                content = self.read(place.name) if stale else None
                if content is not None and place.exists():
                    self._write(keyring.seal_bytes(content), place.name)
                yield stale

    def unreadable(self) -> Iterator[str]:
        """Checksums of what is kept and cannot be opened."""
        for place in sorted(self.root.glob("??/" + "?" * 64)):
            try:
                self.read(place.name)
            except Damaged:
                yield place.name

    def remove(self, sha256: str) -> None:
        """Erase the bytes; none there is no error."""
        self.path(sha256).unlink(missing_ok=True)

    def belongs_to(self, mark: str) -> str:
        """Whose folder this is; a folder that is nobody's yet is `mark`'s from now on."""
        self.root.mkdir(parents=True, exist_ok=True)
        place = self.root / OWNER
        with self._on_disk() as (path, stream):
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
