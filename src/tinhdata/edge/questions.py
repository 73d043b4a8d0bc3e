"""From a question in SQL to its answer: which datasets it asks, under whose permits."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import QueryParams

from tinhdata.access import Actor
from tinhdata.bootstrap import Platform
from tinhdata.catalogue import NoSuchRecord
from tinhdata.contracts import AccessLevel
from tinhdata.edge.rows import Opened, open_release
from tinhdata.kernel import t
from tinhdata.warehouse import Answer, SqlTableUnknown, question

_PURPOSE = "a question in SQL"


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer and the releases that it was made of."""

    answer: Answer
    opened: tuple[Opened, ...]


def dataset_of_name(name: str) -> str:
    """Give the id of the dataset that a table's name stands for: _ may stand for -."""
    return name.replace("_", "-")


def ask(
    platform: Platform,
    actor: Actor,
    text: str,
    most_rows: int,
    dataset_of: Callable[[str], str] = dataset_of_name,
) -> Asked:
    """Answer the question `text` over the current releases of open datasets.

    Raises SqlRefused, SqlTableUnknown, SqlUnfit, SqlTooLarge, ReadTooLong, ReadAbandoned,
    ReadersBusy, NoRelease, Refused and SignInNeeded.
    """
    understood = question(text)
    opened = {name: _open(platform, actor, dataset_of(name)) for name in sorted(understood.tables)}
    tables = {name: (each.permit, each.release.id) for name, each in opened.items()}
    answer = platform.warehouse.ask(understood, tables, most_rows)
    return Asked(answer, tuple(opened.values()))


def _open(platform: Platform, actor: Actor, dataset: str) -> Opened:
    try:
        record = platform.catalogue.record(dataset, actor)
    except NoSuchRecord as error:
        raise SqlTableUnknown(error.text, fix=error.fix) from error
    if record.access_level is not AccessLevel.OPEN:
        raise SqlTableUnknown(
            t("The dataset “{dataset}” is not open data.", dataset=dataset),
            fix=t("Only open datasets are asked in SQL."),
        )
    return open_release(platform, actor, dataset, QueryParams(), _PURPOSE)
