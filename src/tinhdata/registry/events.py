"""The kinds of events that the register writes into the journal. The subject is the dataset."""

from tinhdata.journal import EventKind

_OWNER = "registry"
_VERSION = {"version": "code", "hash": "hash"}

PROPOSED = "contract.proposed"
APPROVED = "contract.approved"
SIGNED = "contract.signed"
ACTIVATED = "contract.activated"
RETIRED = "contract.retired"

EVENT_KINDS: tuple[EventKind, ...] = (
    EventKind(PROPOSED, _OWNER, {**_VERSION, "agency": "code", "replaces": "hash?"}),
    EventKind(APPROVED, _OWNER, {**_VERSION, "automatic": "bool", "signed_by": "code?"}),
    EventKind(SIGNED, _OWNER, _VERSION),
    EventKind(ACTIVATED, _OWNER, {**_VERSION, "replaces": "hash?"}),
    EventKind(RETIRED, _OWNER, _VERSION),
)
