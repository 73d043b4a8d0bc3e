"""`tinhdata deliver`: a file becomes a checked delivery and, if asked for, a release."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from tinhdata.access import Actor
from tinhdata.bootstrap import Platform
from tinhdata.cli.desk import Desk, at_desk
from tinhdata.cli.errors import FileMissing, InputMissing
from tinhdata.cli.options import As, AsJSON
from tinhdata.cli.output import Out
from tinhdata.cli.reports import DeliveryReport, report_of
from tinhdata.cli.telling import read_settings, telling
from tinhdata.cli.watching import UNDER_WAY, finish
from tinhdata.deliveries import Delivery, NothingToDo, State
from tinhdata.intake import ReadingChoice
from tinhdata.kernel import Refused, t
from tinhdata.quality import RuleShare

_CHUNK = 1024 * 1024


def deliver(
    dataset: Annotated[str, typer.Argument(help=str(t("Id of the dataset.")))],
    file: Annotated[
        Path, typer.Argument(help=str(t("The file: CSV, XLSX, XLS, ODS, JSON, Parquet, or a ZIP.")))
    ],
    login: As = None,
    publish: Annotated[
        bool, typer.Option("--publish", help=str(t("Publish what passes, or ask for approval.")))
    ] = False,
    reason: Annotated[
        str, typer.Option(help=str(t("Why; needed to publish a delivery that is held.")))
    ] = "",
    note: Annotated[
        str | None, typer.Option(help=str(t("A note for those who look at the delivery.")))
    ] = None,
    sheet: Annotated[
        list[str] | None,
        typer.Option(
            help=str(
                t("Which sheet, or which file of an archive, to read; may be given several times.")
            )
        ),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help=str(t("Encoding of a text file, such as utf-8 or tcvn3.")))
    ] = None,
    crs: Annotated[
        str | None,
        typer.Option(help=str(t("Coordinate system of a layer, such as EPSG:9213."))),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="COLUMN=HEADER",
            help=str(t("Which header holds a column; may be given several times.")),
        ),
    ] = None,
    no_wait: Annotated[
        bool, typer.Option("--no-wait", help=str(t("Leave the work to a running worker.")))
    ] = False,
    json: AsJSON = False,
) -> None:
    """Send `file`, do the work in this process, say what was found; WAITING if rows are held."""
    settings = read_settings()
    with telling(settings, is_json=json) as out, at_desk(settings, login) as desk:
        sent = _Sent()
        delivery, is_new = _receive(desk, dataset, file, note, sent)
        reading = Reading(tuple(sheet or ()), encoding, tuple(columns or ()), crs)
        if not no_wait or reading != Reading():
            delivery = finished(out, desk, delivery, sent.lines)
        if reading != Reading():
            delivery = _read_as(desk, delivery, reading)
            if not no_wait:
                delivery = finished(out, desk, delivery, sent.lines)
        if publish and delivery.state in _PUBLISHABLE:
            delivery = desk.platform.deliveries.publish(desk.actor, delivery.id, reason)
            if not no_wait:
                delivery = finished(out, desk, delivery)
        out.tell(report(desk, delivery, is_new=is_new))


@dataclass(frozen=True, slots=True)
class Reading:
    """How a person wants the file to be read; `columns` are COLUMN=HEADER."""

    sheets: tuple[str, ...] = ()
    encoding: str | None = None
    columns: tuple[str, ...] = ()
    crs: str | None = None


@dataclass(slots=True)
class _Sent:
    """Counts the lines of a file while it is sent."""

    lines: int = 0

    def chunks(self, opened: BinaryIO) -> Iterator[bytes]:
        """Give the bytes of the file, piece by piece."""
        while chunk := opened.read(_CHUNK):
            self.lines += chunk.count(b"\n")
            yield chunk


_PUBLISHABLE = frozenset({State.CHECKED, State.HELD})


def report(desk: Desk, delivery: Delivery, *, is_new: bool = True) -> DeliveryReport:
    """Say where `delivery` stands, with the shares of rules where the person may see them."""
    shares = None
    if delivery.state not in UNDER_WAY:
        shares = _shares(desk.platform, desk.actor, delivery)
    return report_of(delivery, shares, is_new=is_new)


def _receive(
    desk: Desk, dataset: str, file: Path, note: str | None, sent: _Sent
) -> tuple[Delivery, bool]:
    try:
        opened = file.open("rb")
    except OSError:
        raise FileMissing(
            t("The file {file} cannot be read.", file=str(file)),
            fix=t("Check its name and whether you may read it."),
        ) from None
    with opened:
        received = desk.platform.deliveries.receive(
            desk.actor, dataset, sent.chunks(opened), file.name, source="cli", note=note
        )
    return received.delivery, received.is_new


def _read_as(desk: Desk, delivery: Delivery, reading: Reading) -> Delivery:
    """Have the file read as `reading` says, unless that is how it was read already."""
    header = delivery.understanding.header if delivery.understanding else None
    mapping = _mapping(reading.columns, header.names if header else ())
    choice = ReadingChoice(
        sheets=reading.sheets, encoding=reading.encoding, crs=reading.crs, mapping=mapping
    )
    if delivery.choice == choice:
        return delivery
    return desk.platform.deliveries.choose(desk.actor, delivery.id, choice)


def _mapping(columns: Sequence[str], headers: Sequence[str]) -> dict[str, int | None]:
    mapping: dict[str, int | None] = {}
    for given in columns:
        column, sign, header = given.partition("=")
        if not sign or (header and header not in headers):
            raise InputMissing(
                t("--map {given} names no header of the file.", given=given),
                fix=t(
                    "Write COLUMN=HEADER with one of these headers: {headers}. Nothing after the "
                    "sign means that the file does not have the column.",
                    headers=", ".join(headers),
                ),
            )
        mapping[column] = headers.index(header) if header else None
    return mapping


def finished(out: Out, desk: Desk, delivery: Delivery, lines: int = 0) -> Delivery:
    """Do the work on `delivery` until it needs a person or is at its end."""
    platform = desk.platform
    look = partial(platform.deliveries.get, desk.actor, delivery.id)
    return finish(out, platform.work, look, lines)


def _shares(platform: Platform, actor: Actor, delivery: Delivery) -> tuple[RuleShare, ...] | None:
    try:
        return platform.deliveries.shares(actor, delivery.id)
    except (NothingToDo, Refused):
        return None
