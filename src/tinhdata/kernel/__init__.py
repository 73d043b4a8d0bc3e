"""What every part shares: texts, errors, the clock, ids, pages, progress, canonical bytes.

Standard library only. Nothing here knows a dataset, a person or a database.
"""

from tinhdata.kernel.addresses import is_public, web_parts
from tinhdata.kernel.callers import Caller, caller, calling
from tinhdata.kernel.canonical import canonical_json, sha256_hex
from tinhdata.kernel.clock import Clock, FixedClock, SystemClock
from tinhdata.kernel.errors import Problem, Refused
from tinhdata.kernel.ids import new_id
from tinhdata.kernel.json import JSON, JSONObject
from tinhdata.kernel.names import quote_identifier, quote_literal
from tinhdata.kernel.paging import Page
from tinhdata.kernel.progress import Progress
from tinhdata.kernel.text import Param, Text, t

__all__ = [
    "JSON",
    "Caller",
    "Clock",
    "FixedClock",
    "JSONObject",
    "Page",
    "Param",
    "Problem",
    "Progress",
    "Refused",
    "SystemClock",
    "Text",
    "caller",
    "calling",
    "canonical_json",
    "is_public",
    "new_id",
    "quote_identifier",
    "quote_literal",
    "sha256_hex",
    "t",
    "web_parts",
]
