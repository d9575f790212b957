"""Fakes, builders and a clock that is moved by hand."""

from bot.telegram_models import postpone

postpone()
