"""A result and a language become a screen: text and buttons. Nothing here knows Telegram's library."""
