"""The way in: updates become rows before Telegram hears that we have them, then are handled in order."""
