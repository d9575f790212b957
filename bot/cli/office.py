"""What most commands begin with: settings, a database and the rules in force."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot import config, telemetry, wiring
from bot.wiring import Base


@contextmanager
def opened() -> Iterator[Base]:
    """The base of this installation, closed at the end. Raises as `config.load` and `wiring.build`."""
    settings = config.load()
    telemetry.configure(settings.log)
    base = wiring.build(settings)
    try:
        yield base
    finally:
        base.close()
