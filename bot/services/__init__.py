"""Use-cases: one function, one transaction. Each takes a unit of work, the office and the present moment."""
