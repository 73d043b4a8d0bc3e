"""`tinhdata releases` and `tinhdata withdraw`: what was published, and taking it back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import typer

from tinhdata.cli.desk import at_desk
from tinhdata.cli.exits import ExitCode
from tinhdata.cli.options import As, AsJSON
from tinhdata.cli.output import Out
from tinhdata.cli.telling import read_settings, telling
from tinhdata.kernel import Text, t
from tinhdata.warehouse import Release, ReleaseState


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """A release: its number, state, rows, and what it changed against the one before."""

    release: str
    number: int
    kind: str
    state: str
    rows: int
    inserted: int
    updated: int
    deleted: int
    published_at: datetime
    delivery: str
    contract_hash: str
    content_hash: str
    withdrawn_at: datetime | None
    reason: str | None
    legal_basis: str | None


@dataclass(frozen=True, slots=True)
class ReleaseList:
    """The releases of a dataset, the newest first, withdrawn ones included."""

    dataset: str
    releases: tuple[ReleaseLine, ...]

    @property
    def exit(self) -> ExitCode:
        """Give OK."""
        return ExitCode.OK

    def show(self, out: Out) -> None:
        """Write one line for each release."""
        if not self.releases:
            out.line(t("{dataset} has no release yet.", dataset=self.dataset))
            return
        heads = (
            t("Release"),
            t("Identifier"),
            t("State"),
            t("Published at"),
            t("Rows"),
            t("New"),
            t("Changed"),
            t("Gone"),
        )
        out.table(heads, [_cells(line, out) for line in self.releases], 4)


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The releases that are served no more, the newest first."""

    withdrawn: tuple[ReleaseLine, ...]

    @property
    def exit(self) -> ExitCode:
        """Give OK."""
        return ExitCode.OK

    def show(self, out: Out) -> None:
        """Write one line for each release withdrawn."""
        for line in self.withdrawn:
            text = t(
                "Release {number} ({release}) is withdrawn and served nowhere any more.",
                number=line.number,
                release=line.release,
            )
            out.line(text, "bold")


_STATES: dict[str, Text] = {
    ReleaseState.CURRENT.value: t("in force"),
    ReleaseState.SUPERSEDED.value: t("replaced"),
    ReleaseState.WITHDRAWN.value: t("withdrawn"),
}


def releases(
    dataset: Annotated[str, typer.Argument(help=str(t("Id of the dataset.")))],
    login: As = None,
    json: AsJSON = False,
) -> None:
    """List the releases of a dataset that the person may know of."""
    settings = read_settings()
    with telling(settings, is_json=json) as out, at_desk(settings, login) as desk:
        desk.platform.catalogue.record(dataset, desk.actor)
        found = desk.platform.warehouse.releases(dataset)
        out.tell(ReleaseList(dataset, tuple(_line(release) for release in found)))


def withdraw(
    release: Annotated[str, typer.Argument(help=str(t("Identifier of the release: rel_...")))],
    reason: Annotated[str, typer.Option(help=str(t("Why it is withdrawn; shown on its page.")))],
    legal_basis: Annotated[
        str, typer.Option(help=str(t("The legal text that the withdrawal rests on.")))
    ],
    login: As = None,
    with_later: Annotated[
        bool,
        typer.Option(
            "--with-later", help=str(t("Withdraw later releases that hold its rows as well."))
        ),
    ] = False,
    json: AsJSON = False,
) -> None:
    """Withdraw a release; nothing serves it any more."""
    settings = read_settings()
    with telling(settings, is_json=json) as out, at_desk(settings, login) as desk:
        gone = desk.platform.deliveries.withdraw(
            desk.actor, release, reason, legal_basis, with_later=with_later
        )
        out.tell(Withdrawn(tuple(_line(one) for one in gone)))


def _line(release: Release) -> ReleaseLine:
    withdrawal = release.withdrawal
    return ReleaseLine(
        release=release.id,
        number=release.number,
        kind=release.kind.value,
        state=release.state.value,
        rows=release.rows,
        inserted=release.counts.inserted,
        updated=release.counts.updated,
        deleted=release.counts.deleted,
        published_at=release.published_at,
        delivery=release.delivery_id,
        contract_hash=release.contract_hash,
        content_hash=release.content_hash,
        withdrawn_at=withdrawal.at if withdrawal else None,
        reason=withdrawal.reason if withdrawal else None,
        legal_basis=withdrawal.legal_basis if withdrawal else None,
    )


def _cells(line: ReleaseLine, out: Out) -> tuple[str, ...]:
    return (
        str(line.number),
        line.release,
        out.say(_STATES[line.state]),
        out.moment(line.published_at),
        *(out.number(count) for count in (line.rows, line.inserted, line.updated, line.deleted)),
    )
