"""The shared data dictionary: elements, which columns hold them, what is covered, what overlaps.

It is kept as two ordinary datasets that a pack names; this capability reads and drafts them.
"""

from tinhdata.dictionary.drafting import draft, merged
from tinhdata.dictionary.errors import DictionaryMissing, NoSuchElement
from tinhdata.dictionary.model import (
    ELEMENT_FIELDS,
    LINK_FIELDS,
    ColumnName,
    Coverage,
    Draft,
    Element,
    Link,
    Overlap,
    Places,
    Share,
    Table,
    Unlinked,
)
from tinhdata.dictionary.service import Dictionary
from tinhdata.dictionary.wording import cycle_words

__all__ = [
    "ELEMENT_FIELDS",
    "LINK_FIELDS",
    "ColumnName",
    "Coverage",
    "Dictionary",
    "DictionaryMissing",
    "Draft",
    "Element",
    "Link",
    "NoSuchElement",
    "Overlap",
    "Places",
    "Share",
    "Table",
    "Unlinked",
    "cycle_words",
    "draft",
    "merged",
]
