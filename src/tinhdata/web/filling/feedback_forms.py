"""Fills the forms of the closed loop: what is asked, what is filled in already."""

from starlette.datastructures import QueryParams

from tinhdata.edge.feedback import Pointed, Pointing, pointed, record_of
from tinhdata.edge.language import say
from tinhdata.edge.showing import shown
from tinhdata.feedback import Follow, Kind
from tinhdata.kernel import Text, t
from tinhdata.web.contexts.feedback import FollowForm, FollowTold, PlaceFields, Writing
from tinhdata.web.contexts.shell import Choice, FormState
from tinhdata.web.filling.addresses import dataset_path, with_query
from tinhdata.web.filling.feedback_words import dataset_name
from tinhdata.web.filling.narrowing import chips
from tinhdata.web.filling.reader import Reader
from tinhdata.web.filling.words import label_of

KEY = "k."
"""Names of the fields that hold the parts of a row's key begin so."""
_DATASETS = Choice("", t("Datasets"), href="/datasets")


def report_form(reader: Reader, dataset: str, at: Pointing, form: FormState | None) -> Writing:
    """Give the form that reports an error at a place of a dataset.

    Raises NoSuchRecord, ReleaseNotFound, ReleaseWithdrawn and ItemInvalid as `pointed`.
    """
    place = pointed(reader.platform, dataset, at)
    key = {name: value for name, value in (at.key or {}).items() if value}
    filled = FormState(
        {
            "title": _title(reader, place),
            "column": place.place.column or "",
            **{f"{KEY}{name}": value for name, value in key.items()},
        }
    )
    return Writing(
        heading=t("Report an error in the data"),
        intro=t("What you write goes to the agency that owns the data. No account is needed."),
        crumbs=_crumbs(reader, dataset),
        action=dataset_path(dataset, "report"),
        title_label=t("What is wrong, in a few words"),
        title_hint=t("At least 5 letters."),
        text_label=t("What stands there, and what should stand there"),
        text_hint=t("Say how you know it: a document, a place, another source."),
        verb=t("Send the report"),
        form=form or filled,
        place=_place_fields(reader, place),
        has_mail=reader.platform.notify.has_mail,
        promise=promise(reader, Kind.REPORT),
    )


def question_form(reader: Reader, dataset: str, form: FormState | None) -> Writing:
    """Give the form that asks something about a dataset; raises NoSuchRecord."""
    record_of(reader.platform, dataset)
    return Writing(
        heading=t("Ask about this dataset"),
        intro=t("The agency that owns the data answers; question and answer are then public."),
        crumbs=_crumbs(reader, dataset),
        action=dataset_path(dataset, "ask"),
        title_label=t("Your question, in a few words"),
        title_hint=t("At least 5 letters."),
        text_label=t("What you would like to know"),
        text_hint=t("At least 10 letters. Leave out what is personal: it becomes public."),
        verb=t("Send the question"),
        form=form or FormState(),
        has_mail=reader.platform.notify.has_mail,
        promise=promise(reader, Kind.QUESTION),
    )


def request_form(reader: Reader, form: FormState | None, wanted: str = "") -> Writing:
    """Give the form that asks for data; `wanted` is what was searched for in vain."""
    agencies = sorted(
        (each.name.in_language(reader.language), each.code) for each in reader.agencies.values()
    )
    return Writing(
        heading=t("Ask for data"),
        intro=t(
            "Say which data you miss. The request is public, others can vote for it, and an agency "
            "answers it."
        ),
        crumbs=(Choice("", t("Data requests"), href="/requests"),),
        action="/requests",
        title_label=t("Which data, in a few words"),
        title_hint=t("For example: opening hours of the health stations."),
        text_label=t("What it should hold, and what you need it for"),
        text_hint=t("Columns, period, area; what it is for helps the agency to decide."),
        verb=t("Send the request"),
        form=form or FormState({"title": wanted}),
        agencies=tuple(Choice(code, name) for name, code in agencies),
        has_mail=reader.platform.notify.has_mail,
        promise=promise(reader, Kind.REQUEST),
    )


def reuse_form(reader: Reader, form: FormState | None, datasets: str = "") -> Writing:
    """Give the form that shows something made with the data."""
    return Writing(
        heading=t("Show what you made"),
        intro=t(
            "An application, an analysis, an article, a map: it is shown in the gallery once it "
            "was looked at."
        ),
        crumbs=(Choice("", t("Made with this data"), href="/reuses"),),
        action="/reuses",
        title_label=t("What it is called"),
        title_hint=t("At least 5 letters."),
        text_label=t("What it does, and for whom"),
        text_hint=t("Two or three sentences."),
        verb=t("Send it"),
        form=form or FormState({"datasets": datasets}),
        with_work=True,
        has_mail=reader.platform.notify.has_mail,
        promise=promise(reader, Kind.REUSE),
    )


def follow_form(
    reader: Reader, dataset: str, params: QueryParams, form: FormState | None
) -> FollowForm:
    """Give the form that follows a dataset, or the rows that `params` filter."""
    kept = QueryParams([(n, v) for n, v in params.multi_items() if n == "q" or n.startswith("f.")])
    place = pointed(reader.platform, dataset, Pointing())
    path = dataset_path(dataset, "follow")
    filled = form or FormState()
    has_mail = reader.platform.notify.has_mail
    by = filled.values.get("channel") or ("mail" if has_mail else "webhook")
    return FollowForm(
        dataset=dataset,
        name=dataset_name(reader, dataset),
        crumbs=_crumbs(reader, dataset),
        conditions=chips(path, place.columns, kept, reader.language),
        hidden=tuple(kept.multi_items()),
        form=filled,
        by=by,
        has_mail=has_mail,
        feed=f"/feeds/dataset/{dataset}.atom",
        rows_href=with_query(dataset_path(dataset), kept.multi_items()),
    )


def follow_begun(reader: Reader, follow: Follow) -> FollowTold:
    """Say how a new follow stands: a webhook is told from now on, an address is asked first."""
    name, stop = dataset_name(reader, follow.dataset), f"/follows/{follow.id}/stop"
    if not follow.secret:
        return FollowTold(
            t("Look into your mail"),
            (
                t("A mail is on its way to {address}.", address=follow.recipient),
                t("Open the link in it, then you are told when the data changes."),
            ),
            name,
            follow.address,
        )
    return FollowTold(
        t("The webhook is told from now on"),
        (
            t("Each message is signed with the secret below (Standard Webhooks, HMAC-SHA256)."),
            t("Keep it and the address that stops it; both are shown this once."),
        ),
        name,
        follow.address,
        secret=follow.secret,
        stop=f"{reader.site}{stop}?token={follow.token}",
    )


def follow_question(reader: Reader, follow: Follow, *, stops: bool) -> FollowTold:
    """Ask whether a follow is to begin or end; a mere visit, as of a mail scanner, does neither."""
    verb = "stop" if stops else "confirm"
    return FollowTold(
        t("Stop the messages?") if stops else t("Follow this dataset?"),
        (
            t("Your address is deleted then.")
            if stops
            else t("You get a mail each time the data that you chose changes."),
        ),
        dataset_name(reader, follow.dataset),
        follow.address,
        action=f"/follows/{follow.id}/{verb}?token={follow.token}",
        verb=t("Stop the messages") if stops else t("Yes, write to me"),
    )


def follow_changed(reader: Reader, follow: Follow, *, stopped: bool) -> FollowTold:
    """Say that a follow has begun or ended."""
    name = dataset_name(reader, follow.dataset)
    if stopped:
        return FollowTold(
            t("No further message is sent"), (t("Your address is deleted."),), name, follow.address
        )
    return FollowTold(
        t("You follow this dataset now"),
        (t("Each mail has a link that stops them."),),
        name,
        follow.address,
    )


def promise(reader: Reader, kind: Kind) -> Text | None:
    """Say within how many working days the answer is promised."""
    days = reader.platform.pack.deadlines.days.get(kind)
    return (
        None if days is None else t("An answer is promised within {days} working days.", days=days)
    )


def _title(reader: Reader, place: Pointed) -> str:
    if place.column is None:
        return ""
    label = label_of(place.column, reader.language)
    if not place.place.key:
        return say(t("Error in the column “{column}”", column=label), reader.language)
    key = ", ".join(place.place.key)
    return say(
        t("Error in the column “{column}”, row {key}", column=label, key=key), reader.language
    )


def _place_fields(reader: Reader, place: Pointed) -> PlaceFields:
    language = reader.language
    written = tuple(
        (label_of(column, language), shown(place.values[column.name], column, language) or "–")
        for column in place.columns
        if column.name in place.values
    )
    cell = None
    if place.column is not None and place.column.name in place.values:
        value = shown(place.values[place.column.name], place.column, language)
        cell = (label_of(place.column, language), value or "–")
    may_point = place.place.release is not None
    return PlaceFields(
        columns=tuple(Choice(c.name, label_of(c, language)) for c in place.columns),
        key=tuple(Choice(f"{KEY}{c.name}", label_of(c, language)) for c in place.key)
        if may_point
        else (),
        release=place.place.release,
        cell=cell,
        row=written,
    )


def _crumbs(reader: Reader, dataset: str) -> tuple[Choice, ...]:
    return (
        _DATASETS,
        Choice(dataset, dataset_name(reader, dataset), href=dataset_path(dataset)),
    )
