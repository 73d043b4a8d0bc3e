"""tinhdata: the data platform of a Vietnamese province."""
