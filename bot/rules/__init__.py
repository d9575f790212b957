"""Pure decisions: no I/O, no clock; the present moment is always an argument."""
