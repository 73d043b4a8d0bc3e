"""Fills what officers see of the closed loop: what waits for them, how they answer."""

from datetime import datetime, time

from tinhdata.feedback import Item, Kind, State
from tinhdata.kernel import Text, t
from tinhdata.kernel.clock import VIETNAM_TIME
from tinhdata.web.contexts.desk import Waiting
from tinhdata.web.contexts.feedback import Answering
from tinhdata.web.contexts.shell import Choice, FormState
from tinhdata.web.filling.feedback_words import STATE_BADGES, clock, dataset_name
from tinhdata.web.filling.reader import Reader

_FIRST = 30
_VERBS = {
    Kind.REPORT: t("Answer, to be read by everyone"),
    Kind.REQUEST: t("Answer, to be read by everyone"),
    Kind.QUESTION: t("Answer, to be read by everyone"),
    Kind.REUSE: t("Put it into the gallery"),
}
_HINTS = {
    Kind.REPORT: t("Say what was found and what was changed, or why nothing was."),
    Kind.REQUEST: t("Say where the data is to be found, or from when on it will be."),
    Kind.QUESTION: t("Answer so that others who read it understand it too."),
    Kind.REUSE: t("A sentence that stands beside it in the gallery."),
}
_WHAT = {
    Kind.REPORT: t("An error was reported: {title}"),
    Kind.REQUEST: t("Data is asked for: {title}"),
    Kind.QUESTION: t("A question was asked: {title}"),
    Kind.REUSE: t("A reuse is to be looked at: {title}"),
}
_LONGEST_TITLE = 90


def items_waiting(reader: Reader) -> tuple[Waiting, ...]:
    """Give the items that wait for the visitor's answer, those due first standing first."""
    found = reader.platform.feedback.waiting_for(reader.actor)
    return tuple(_waiting(reader, item) for item in found[:_FIRST])


def answering(reader: Reader, item: Item, form: FormState) -> Answering | None:
    """Give what an officer can do with an item; None where it was answered."""
    if item.answer is not None:
        return None
    path = f"/feedback/{item.id}"
    agencies = sorted(
        (each.name.in_language(reader.language), each.code) for each in reader.agencies.values()
    )
    return Answering(
        take_up=f"{path}/take-up" if item.state is State.WAITING else None,
        answer=f"{path}/answer",
        assign=f"{path}/assign",
        agencies=tuple(Choice(code, name, code == item.agency) for name, code in agencies),
        answer_verb=_VERBS[item.kind],
        answer_hint=_HINTS[item.kind],
        needs_basis=item.kind is Kind.REQUEST,
        form=form,
    )


def _waiting(reader: Reader, item: Item) -> Waiting:
    left = clock(reader, item)
    is_late = item.is_late(reader.today)
    about = ", ".join(dataset_name(reader, dataset) for dataset in item.datasets[:3])
    return Waiting(
        href=f"/feedback/{item.id}",
        what=Text(_WHAT[item.kind].msgid, {"title": _brief(item.title)}),
        dataset=about or (reader.agency_name(item.agency) if item.agency else ""),
        verb=t("Look and answer"),
        since=item.received_at,
        badge=left or STATE_BADGES[item.state],
        due=datetime.combine(item.due, time(), VIETNAM_TIME) if item.due else None,
        late=is_late,
    )


def _brief(title: str) -> str:
    return title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1]}…"
