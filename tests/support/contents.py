"""Our own content, read once a test process by all who only look at it."""

from functools import cache

from bot.library.content import load

loaded = cache(load)
