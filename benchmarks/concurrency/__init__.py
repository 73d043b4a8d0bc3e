"""Many clients at once, in a process of their own."""
