"""The board: its pages, and the message that leads to it."""
