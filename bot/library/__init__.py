"""Reads content/ and refuses bad data at start: every problem with its file, line and reason."""
