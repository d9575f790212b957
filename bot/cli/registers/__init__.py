"""The registers that `export` writes: headings and rows, moments in local time."""
