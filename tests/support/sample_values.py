"""The moment and the dataset that the hand-made contexts share."""

from datetime import UTC, datetime

NOW = datetime(2026, 11, 23, 2, 15, tzinfo=UTC)
NAME = "Số đo chất lượng không khí theo trạm"
