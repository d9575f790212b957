"""Fakes, builders and a clock that is moved by hand."""
