"""What the benchmarks of deliveries share: files, the same each time, our side and the peer."""
