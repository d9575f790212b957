"""Parsers under bytes nobody thought of: `python -m tests.fuzz [NAME …] [--minutes N]` (needs atheris)."""
