"""What the measurement of downloads runs in processes of their own."""
