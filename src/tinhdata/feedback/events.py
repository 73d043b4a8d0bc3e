"""The kinds of events that feedback writes into the journal: ids, codes, moments; never a text."""

from tinhdata.journal import EventKind

_OWNER = "feedback"

RECEIVED = "feedback.received"
OPENED = "feedback.opened"
ANSWERED = "feedback.answered"
VOTED = "feedback.voted"
ASSIGNED = "feedback.assigned"
FOLLOWED = "follow.started"
UNFOLLOWED = "follow.ended"

EVENT_KINDS: tuple[EventKind, ...] = (
    EventKind(
        RECEIVED, _OWNER, {"kind": "code", "datasets": "code[]", "agency": "code?", "due": "date?"}
    ),
    EventKind(OPENED, _OWNER, {"kind": "code", "seconds": "int"}),
    EventKind(
        ANSWERED,
        _OWNER,
        {
            "kind": "code",
            "agency": "code?",
            "datasets": "code[]",
            "outcome": "code",
            "seconds": "int",
            "in_time": "bool",
        },
    ),
    EventKind(VOTED, _OWNER, {"votes": "int"}),
    EventKind(ASSIGNED, _OWNER, {"agency": "code"}),
    EventKind(FOLLOWED, _OWNER, {"dataset": "code", "channel": "code", "filtered": "bool"}),
    EventKind(UNFOLLOWED, _OWNER, {"dataset": "code", "channel": "code", "why": "code"}),
)
