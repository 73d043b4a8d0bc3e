"""What the benchmark of checks compares: the rows it makes, our path and its peers.

The peers import nothing of the platform: they run in an environment of their own.
"""
