"""The kinds of events that quarantine writes into the journal: ids and counts, never values."""

from tinhdata.journal import EventKind

_OWNER = "quality"

EVENT_KINDS: tuple[EventKind, ...] = (
    EventKind(
        "quarantine.recorded",
        _OWNER,
        {
            "dataset": "code",
            "contract": "hash",
            "rows": "int",
            "units": "int",
            "made": "int",
            "released": "int",
            "linked": "int",
            "file": "hash?",
        },
    ),
    EventKind("quarantine.mended", _OWNER, {"items": "int", "cells": "int"}),
    EventKind(
        "quarantine.decided",
        _OWNER,
        {"state": "code", "items": "int", "release": "id?", "successor": "id?"},
    ),
    EventKind("quarantine.reopened", _OWNER, {"items": "int", "release": "id"}),
)
