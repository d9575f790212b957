"""What a handler works with: reader, services, voice and the way back. No Telegram library here."""
