"""Fills the officers' list of what people sent to their agency."""

from tinhdata.access import Actor, Role
from tinhdata.feedback import KIND_WORDS, Kind, State
from tinhdata.kernel import t
from tinhdata.web.contexts.feedback import Inbox
from tinhdata.web.contexts.shell import Choice
from tinhdata.web.filling.addresses import pager_of, with_query
from tinhdata.web.filling.feedback import PAGE, shown
from tinhdata.web.filling.feedback_words import speed
from tinhdata.web.filling.reader import Reader

_STANDING = "standing"
_STATES = {
    _STANDING: (State.WAITING, State.OPEN),
    State.DONE.value: (State.DONE,),
    State.REFUSED.value: (State.REFUSED,),
}
_LABELS = {
    _STANDING: t("Waiting for an answer"),
    State.DONE.value: t("answered"),
    State.REFUSED.value: t("declined"),
}
_PATH = "/desk/feedback"


def inbox(reader: Reader, state: str, kind: str, number: int) -> Inbox:
    """Give what came to the visitor's agency (to any, for the operator), the newest first."""
    agency = _scope(reader.actor)
    chosen = state if state in _STATES else _STANDING
    kinds = (Kind(kind),) if kind in set(Kind) else ()
    feedback = reader.platform.feedback
    found = feedback.items(
        kinds=kinds,
        agency=agency,
        states=_STATES[chosen],
        offset=(number - 1) * PAGE,
        limit=PAGE,
    )
    kept = {"state": chosen, "kind": kind if kinds else ""}
    return Inbox(
        lines=tuple(shown(reader, item, readable=True) for item in found.items),
        pager=pager_of(found, with_query(_PATH, kept)),
        states=tuple(
            Choice(each, label, each == chosen, href=with_query(_PATH, {**kept, "state": each}))
            for each, label in _LABELS.items()
        ),
        kinds=(
            Choice("", t("All"), not kinds, href=with_query(_PATH, {**kept, "kind": ""})),
            *(
                Choice(
                    each.value,
                    KIND_WORDS[each],
                    each.value == kept["kind"],
                    href=with_query(_PATH, {**kept, "kind": each.value}),
                )
                for each in Kind
            ),
        ),
        speed=speed(feedback.counts(agency=agency)),
    )


def _scope(actor: Actor) -> str | None:
    """Give the agency whose items an officer sees, None for who sees all; "" is that of nobody."""
    if Role.OPERATOR in actor.roles:
        return None
    return (actor.agency or "") if actor.roles & {Role.OFFICER, Role.APPROVER} else ""
