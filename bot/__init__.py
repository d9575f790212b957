"""Emtihan: a Kazakh/Russian Telegram bot that carries a university through its distance-exam session."""
