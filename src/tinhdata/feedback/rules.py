"""Decisions of feedback: what may be sent, when it is due, what a change means to a follower."""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from statistics import median

from tinhdata.feedback.errors import ItemClosed, ItemInvalid
from tinhdata.feedback.model import Counts, Deadlines, Item, Kind, NewItem, State, Timed
from tinhdata.kernel import Problem, Text, t, web_parts
from tinhdata.kernel.clock import local_day
from tinhdata.vietnam import OutsideWorkCalendar, WorkCalendar

MOST_DATASETS = 20
_TITLE = (5, 200)
_TEXT = (10, 5000)
_AUTHOR = 100
_URL = 500

KIND_WORDS: dict[Kind, Text] = {
    Kind.REPORT: t("Error report"),
    Kind.REQUEST: t("Data request"),
    Kind.REUSE: t("Reuse"),
    Kind.QUESTION: t("Question"),
}
STATE_WORDS: dict[State, Text] = {
    State.WAITING: t("received"),
    State.OPEN: t("in progress"),
    State.DONE: t("answered"),
    State.REFUSED: t("declined"),
}


def cleaned(new: NewItem) -> NewItem:
    """Give what was sent without blanks around it and without characters that show nothing."""
    return replace(
        new,
        title=" ".join(_plain(new.title).split()),
        text=_plain(new.text).strip(),
        author=" ".join(_plain(new.author).split()),
        url=new.url.strip(),
        mail=new.mail.strip(),
    )


def refusal_of_item(new: NewItem) -> Problem | None:
    """Say what is missing or too long in a cleaned item, None where it can be taken."""
    for where, value, (least, most) in (("title", new.title, _TITLE), ("text", new.text, _TEXT)):
        if not least <= len(value) <= most:
            return _invalid(
                where,
                t("This has {count} letters.", count=len(value)),
                t("Write {least} to {most} letters.", least=least, most=most),
            )
    if len(new.author) > _AUTHOR:
        return _invalid(
            "author",
            t("The name has {count} letters.", count=len(new.author)),
            t("Write at most {most} letters.", most=_AUTHOR),
        )
    if len(new.datasets) > MOST_DATASETS:
        return _invalid(
            "datasets",
            t("{count} datasets are named.", count=len(new.datasets)),
            t("Name at most {most}.", most=MOST_DATASETS),
        )
    return _refusal_by_kind(new)


def due_day(
    received: datetime, kind: Kind, deadlines: Deadlines, work: WorkCalendar
) -> date | None:
    """Give the last day for the answer, None where none is set or the calendar ends before."""
    days = deadlines.days.get(kind)
    try:
        return None if days is None else work.add(local_day(received), days)
    except OutsideWorkCalendar:
        return None


def refusal_to_open(item: Item) -> Problem | None:
    """Say why work on an item cannot begin."""
    return None if item.state is State.WAITING else _closed(item)


def refusal_to_assign(item: Item) -> Problem | None:
    """Say why an item cannot be given to another agency."""
    return None if item.answer is None else _closed(item)


def refusal_to_answer(item: Item, outcome: State, text: str, legal_basis: str) -> Problem | None:
    """Say why an answer cannot be taken: nothing said, said already, a refusal without its basis.

    Source: NĐ 194/2025/NĐ-CP Điều 16 khoản 2: who declines to share says why and on what basis.
    """
    if item.answer is not None:
        return _closed(item)
    if not 2 <= len(text.strip()) <= _TEXT[1]:
        return _invalid(
            "answer",
            t("The answer has {count} letters.", count=len(text.strip())),
            t("Write {least} to {most} letters.", least=2, most=_TEXT[1]),
        )
    if outcome is State.REFUSED and item.kind is Kind.REQUEST and not legal_basis.strip():
        return _invalid(
            "legal_basis",
            t("A request for data is declined on a legal basis."),
            t("Name the article of the law on which the answer rests."),
        )
    return None


def counts(received: int, answered: Sequence[Timed]) -> Counts:
    """Count how fast items were answered; hours by the clock, their median."""
    hours = [(each.answered_at - each.received_at).total_seconds() / 3600 for each in answered]
    return Counts(
        received=received,
        answered=len(answered),
        in_time=sum(is_in_time(each.due, each.answered_at) for each in answered),
        median_hours=round(median(hours), 1) if hours else None,
    )


def is_in_time(due: date | None, answered_at: datetime) -> bool:
    """Say whether an answer came by its last day; without one it did."""
    return due is None or local_day(answered_at) <= due


def _refusal_by_kind(new: NewItem) -> Problem | None:
    if new.kind in (Kind.REPORT, Kind.QUESTION) and len(new.datasets) != 1:
        return _invalid(
            "datasets",
            t("It is not said which dataset this is about."),
            t("Write it from the page of the dataset."),
        )
    if new.kind is Kind.REUSE and (len(new.url) > _URL or web_parts(new.url) is None):
        return _invalid(
            "url",
            t("The address of what was made is missing."),
            t("Write a whole web address that starts with https://."),
        )
    if new.kind is not Kind.REUSE and new.url:
        return _invalid("url", t("Only a reuse has an address."), t("Leave the address out."))
    return None


def _plain(text: str) -> str:
    """Compose the letters, and leave out controls and marks of direction, which can mislead."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    return "".join(
        letter
        for letter in composed
        if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )


def _invalid(where: str, text: Text, fix: Text) -> ItemInvalid:
    return ItemInvalid(text, fix=fix, where=where)


def _closed(item: Item) -> ItemClosed:
    return ItemClosed(
        t("This was already taken up: it is {state}.", state=STATE_WORDS[item.state]),
        fix=t("Load the page again to see how it stands."),
    )
