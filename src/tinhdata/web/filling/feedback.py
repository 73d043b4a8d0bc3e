"""Fills what anyone reads of the closed loop: discussions, requests, the gallery, one item."""

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlsplit

from tinhdata.catalogue import NoSuchRecord
from tinhdata.edge.feedback import is_readable, place_address, record_of, unknown_datasets
from tinhdata.edge.language import day_text
from tinhdata.edge.visits import Visit
from tinhdata.feedback import KIND_WORDS, Item, Kind, State
from tinhdata.kernel import Text, t
from tinhdata.kernel.clock import local_day
from tinhdata.web.contexts.feedback import Discussion, Gallery, ItemPage, ItemShown, Requests, Step
from tinhdata.web.contexts.shell import Choice, FormState
from tinhdata.web.filling.addresses import dataset_path, pager_of, with_query
from tinhdata.web.filling.dataset import Subject, head
from tinhdata.web.filling.desk_feedback import answering
from tinhdata.web.filling.feedback_words import STATE_BADGES, clock, dataset_name, speed
from tinhdata.web.filling.reader import Reader
from tinhdata.web.filling.words import label_of

PAGE = 20
_TALK = (Kind.REPORT, Kind.QUESTION)
_ASKED = (Kind.REQUEST,)
_SHOWN = (State.OPEN, State.DONE)
_BACK = {
    Kind.REQUEST: ("/requests", t("Data requests")),
    Kind.REUSE: ("/reuses", t("Made with this data")),
}


def discussion(subject: Subject, number: int) -> Discussion:
    """Give the public reports and questions about a dataset."""
    feedback = subject.reader.platform.feedback
    found = feedback.items(
        kinds=_TALK,
        dataset=subject.id,
        states=_SHOWN,
        offset=(number - 1) * PAGE,
        limit=PAGE,
    )
    return Discussion(
        head=head(subject, "discussion"),
        lines=shown_all(subject.reader, found.items),
        pager=pager_of(found, subject.path("discussion")),
        waiting=feedback.count(kinds=_TALK, dataset=subject.id, states=(State.WAITING,)),
        feed=f"/feeds/dataset/{subject.id}.atom",
        speed=speed(feedback.counts(kinds=_TALK, dataset=subject.id)),
    )


def requests(reader: Reader, state: str, sort: str, number: int) -> Requests:
    """Give the public requests for data, by votes or the newest first."""
    states = (State(state),) if state in set(_SHOWN) else _SHOWN
    by_votes = sort != "new"
    feedback = reader.platform.feedback
    found = feedback.items(
        kinds=_ASKED,
        states=states,
        by_votes=by_votes,
        without=unknown_datasets(reader.platform, reader.actor),
        offset=(number - 1) * PAGE,
        limit=PAGE,
    )
    kept = {"state": state if state in set(_SHOWN) else "", "sort": "" if by_votes else "new"}
    return Requests(
        lines=shown_all(reader, found.items),
        pager=pager_of(found, with_query("/requests", kept)),
        states=tuple(
            Choice(
                value,
                label,
                value == kept["state"],
                href=with_query("/requests", {**kept, "state": value}),
            )
            for value, label in (
                ("", t("All")),
                (State.OPEN.value, t("in progress")),
                (State.DONE.value, t("answered")),
            )
        ),
        sorts=tuple(
            Choice(
                value,
                label,
                value == kept["sort"],
                href=with_query("/requests", {**kept, "sort": value}),
            )
            for value, label in (("", t("Most wanted first")), ("new", t("Newest request first")))
        ),
        waiting=feedback.count(kinds=_ASKED, states=(State.WAITING,)),
        declined=feedback.count(kinds=_ASKED, states=(State.REFUSED,)),
        speed=speed(feedback.counts(kinds=_ASKED)),
    )


def gallery(reader: Reader, dataset: str, number: int) -> Gallery:
    """Give what people made of the data, as far as it was accepted."""
    found = reader.platform.feedback.items(
        kinds=(Kind.REUSE,),
        states=(State.DONE,),
        dataset=dataset or None,
        without=unknown_datasets(reader.platform, reader.actor),
        offset=(number - 1) * PAGE,
        limit=PAGE,
    )
    address = with_query("/reuses", {"dataset": dataset})
    return Gallery(shown_all(reader, found.items), pager_of(found, address))


def item_page(reader: Reader, visit: Visit, item: Item, form: FormState | None = None) -> ItemPage:
    """Give one item; its words only to those who may read them."""
    platform = reader.platform
    readable = is_readable(platform, visit, item)
    may = platform.feedback.may_answer(visit.actor, item) and bool(visit.actor.roles)
    return ItemPage(
        item=shown(reader, item, readable=readable),
        crumbs=_crumbs(reader, item),
        steps=_steps(reader, item),
        hidden_because=None if readable else _why_hidden(item),
        is_public=item.is_public,
        answering=answering(reader, item, form or FormState()) if may else None,
    )


def shown_all(reader: Reader, items: Sequence[Item]) -> tuple[ItemShown, ...]:
    """Give public items as lines of a list."""
    return tuple(shown(reader, item, readable=item.is_public) for item in items)


def shown(reader: Reader, item: Item, *, readable: bool) -> ItemShown:
    """Give an item for reading; its words only where they are `readable`."""
    path = f"/feedback/{item.id}"
    answer = item.answer
    may_vote = item.kind is Kind.REQUEST and item.state is State.OPEN
    return ItemShown(
        id=item.id,
        href=path,
        kind=KIND_WORDS[item.kind],
        title=item.title if readable else None,
        text=item.text if readable else None,
        badge=STATE_BADGES[item.state],
        received=item.received_at,
        clock=clock(reader, item),
        due=item.due if answer is None else None,
        agency=reader.agency_name(item.agency) if item.agency else None,
        agency_href=f"/agencies/{item.agency}" if item.agency else None,
        author=item.author if readable else "",
        about=tuple(_about(reader, dataset) for dataset in item.datasets),
        place=_place(reader, item) if readable else None,
        place_href=place_address(reader.platform, item) if readable else None,
        url=item.url if readable else "",
        host=(urlsplit(item.url).hostname or "") if readable else "",
        votes=item.votes,
        vote_action=f"{path}/vote" if may_vote else None,
        answer=answer.text if answer else None,
        answered=answer.at if answer else None,
        answer_kind=_answer_kind(item),
        legal_basis=answer.legal_basis if answer else "",
    )


def _about(reader: Reader, dataset: str) -> Choice:
    return Choice(dataset, dataset_name(reader, dataset), href=dataset_path(dataset))


def _place(reader: Reader, item: Item) -> Text | None:
    if item.dataset is None or (item.place.column is None and not item.place.key):
        return None
    column, key = _column_label(reader, item), ", ".join(item.place.key)
    number = str(item.place.release or "")
    if not key:
        return t("column “{column}”", column=column)
    if item.place.column is None:
        return t("row {key} of release no. {number}", key=key, number=number)
    return t(
        "column “{column}”, row {key} of release no. {number}",
        column=column,
        key=key,
        number=number,
    )


def _column_label(reader: Reader, item: Item) -> str:
    name = item.place.column or ""
    try:
        record = record_of(reader.platform, item.dataset or "")
    except NoSuchRecord:
        return name
    contract = reader.platform.registry.by_hash(record.contract_hash).contract
    found = next((column for column in contract.columns if column.name == name), None)
    return label_of(found, reader.language) if found else name


def _answer_kind(item: Item) -> Text | None:
    if item.answer is None:
        return None
    if item.state is State.REFUSED:
        return t("Why it was declined")
    if item.agency is None:
        return t("Answer of the portal's operator")
    return t("What the agency says") if item.kind is Kind.REUSE else t("Answer of the agency")


def _why_hidden(item: Item) -> Text:
    if item.state is State.REFUSED:
        return t("What was written is not shown, because it was declined.")
    return t("What was written is shown here once the agency has taken it up.")


def _crumbs(reader: Reader, item: Item) -> tuple[Choice, ...]:
    if item.kind in _BACK:
        href, label = _BACK[item.kind]
        return (Choice("", label, href=href),)
    about = [_about(reader, dataset) for dataset in item.datasets[:1]]
    back = f"{dataset_path(item.datasets[0])}/discussion" if item.datasets else "/datasets"
    return (*about, Choice("", t("Discussion"), href=back))


def _steps(reader: Reader, item: Item) -> tuple[Step, ...]:
    steps = [Step(t("Received"), item.received_at)]
    if item.opened_at is not None:
        steps.append(Step(t("Taken up by the agency; public since then"), item.opened_at))
    if item.answer is not None:
        declined = item.state is State.REFUSED
        late = item.due is not None and local_day(item.answer.at) > item.due
        said = t("Declined") if declined else t("Answered late") if late else t("Answered in time")
        steps.append(Step(said, item.answer.at, "bad" if declined else "late" if late else "good"))
    else:
        steps.append(Step(_waits(reader, item.due), None, "busy"))
    return tuple(steps)


def _waits(reader: Reader, due: date | None) -> Text:
    if due is None:
        return t("Waits for an answer")
    return t("Waits for an answer, due on {day}", day=day_text(due, reader.language))
