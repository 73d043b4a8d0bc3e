"""Measurements; each script prints what it took and, where there is one, its peer beside it."""
