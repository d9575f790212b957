"""A local, strict Telegram Bot API server with phones in the browser.

It is an independent reading of the Bot API: no other room of the program is used here, so a mistake
of the program about Telegram is not repeated by the thing that tests it.
"""
