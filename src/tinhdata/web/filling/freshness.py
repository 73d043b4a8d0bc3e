"""Whether a dataset is updated as often as its contract says; the rule is the catalogue's."""

from tinhdata.catalogue import Freshness, freshness

__all__ = ["Freshness", "freshness"]
