"""The way out for everybody but the person who acted: drains the outbox within Telegram's limits."""
