"""Rooms to send from."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.room import Room


@pytest.fixture
def room_of(sqlite_url: str) -> Iterator[Callable[..., Room]]:
    """Opens a room on SQLite; closed at the end."""
    rooms: list[Room] = []

    def opened(**wishes: Any) -> Room:
        rooms.append(Room(sqlite_url, **wishes))
        return rooms[-1]

    yield opened
    for room in rooms:
        room.close()


@pytest.fixture
def room(room_of: Callable[..., Room]) -> Room:
    """A room without limits of its own."""
    return room_of()
