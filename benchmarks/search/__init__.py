"""What bench_search measures: a made-up catalogue, and the same documents in other engines."""
