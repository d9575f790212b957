"""Figures, as ratios taken in one run: `make bench`, or `python -m bench NAME …`."""
