"""`tinhdata dictionary`: draft the data dictionary from contracts, and say how far it reaches."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from tinhdata.cli.desk import at_desk
from tinhdata.cli.exits import ExitCode
from tinhdata.cli.options import As, AsJSON
from tinhdata.cli.output import Out
from tinhdata.cli.telling import read_settings, telling
from tinhdata.contracts import Contract
from tinhdata.dictionary import (
    DictionaryMissing,
    Draft,
    Element,
    Link,
    Places,
    Table,
    draft,
)
from tinhdata.edge.language import say
from tinhdata.kernel import t
from tinhdata.pack import Pack, load_pack

app = typer.Typer(
    help=str(t("The shared data dictionary: draft it, see what it covers.")),
    no_args_is_help=True,
)

_DICTIONARY_LANGUAGE = "vi"
"""The dictionary is a Vietnamese document whatever language its editor works in."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """The two files that were written, and what stands in them."""

    files: tuple[Path, ...]
    elements: int
    links: int

    @property
    def exit(self) -> ExitCode:
        """Drafting either works or raises."""
        return ExitCode.OK

    def show(self, out: Out) -> None:
        """Write what is in the files and what to do with them."""
        out.line(
            t(
                "Elements: {elements}; links of columns: {links}.",
                elements=self.elements,
                links=self.links,
            )
        )
        for file in self.files:
            out.line(str(file))
        out.line(t("Read them through and deliver them to their datasets."))


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """The columns of one dataset: all, linked, linked to an official element."""

    dataset: str
    columns: int
    linked: int
    official: int


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """How far the dictionary reaches, by dataset; `overlaps` are elements collected twice."""

    columns: int
    linked: int
    official: int
    datasets: tuple[CoverageLine, ...]
    overlaps: tuple[str, ...]

    @property
    def exit(self) -> ExitCode:
        """A low coverage is no fault of the command."""
        return ExitCode.OK

    def show(self, out: Out) -> None:
        """Write a line per dataset, then the sum."""
        heads = (t("Dataset"), t("Columns"), t("Linked"), t("Official"))
        rows = [
            (line.dataset, *map(out.number, (line.columns, line.linked, line.official)))
            for line in self.datasets
        ]
        out.table(heads, rows, right=3)
        out.line(
            t(
                "{linked} of {columns} columns are linked to an element, {official} of them to an "
                "official one.",
                linked=self.linked,
                columns=self.columns,
                official=self.official,
            )
        )
        for overlap in self.overlaps:
            out.line(t("Collected more than once: {what}", what=overlap), "yellow")


@app.command("draft", help=str(t("Write elements and links drafted from the contracts in force.")))
def draft_command(
    folder: Annotated[
        Path, typer.Option("--out", help=str(t("The folder to write the two files into.")))
    ],
    pack: Annotated[
        Path | None,
        typer.Option(help=str(t("Draft from the contracts of this pack instead of the store."))),
    ] = None,
    login: As = None,
    json: AsJSON = False,
) -> None:
    """Write two CSV files that can be delivered to the datasets of the dictionary."""
    with telling(read_settings(), is_json=json) as out:
        source = say(t("Drafted from data contracts"), _DICTIONARY_LANGUAGE)
        if pack is not None:
            loaded = load_pack(pack, None)
            out.tell(_written(folder, loaded, _of_pack(loaded, source)))
            return
        with at_desk(read_settings(), login) as desk:
            agencies = {a.code: a.name.vi for a in desk.platform.access.agencies()}
            drafted = desk.platform.dictionary.draft(
                desk.actor,
                lambda code: agencies.get(code, code),
                source,
                lambda text: say(text, _DICTIONARY_LANGUAGE),
            )
            out.tell(_written(folder, desk.platform.pack, drafted))


@app.command(help=str(t("Say how many columns are linked to an element of the dictionary.")))
def coverage(login: As = None, json: AsJSON = False) -> None:
    """Count the linked columns of every dataset that the person may know of."""
    settings = read_settings()
    with telling(settings, is_json=json) as out, at_desk(settings, login) as desk:
        covered = desk.platform.dictionary.coverage(desk.actor)
        overlaps = desk.platform.dictionary.collected_twice(desk.actor)
        out.tell(
            CoverageReport(
                covered.total.columns,
                covered.total.linked,
                covered.total.official,
                tuple(
                    CoverageLine(dataset, share.columns, share.linked, share.official)
                    for dataset, share in covered.by_dataset.items()
                ),
                tuple(
                    f"{overlap.element}: "
                    + ", ".join(f"{at.dataset}.{at.column}" for at in overlap.columns)
                    for overlap in overlaps
                ),
            )
        )


def _of_pack(pack: Pack, source: str) -> Draft:
    agencies = {entry.agency.code: entry.agency.name.vi for entry in pack.agencies}
    return draft(
        [dataset.contract for dataset in pack.datasets],
        lambda code: agencies.get(code, code),
        _places(pack),
        source,
        pack.sample_day,
        lambda text: say(text, _DICTIONARY_LANGUAGE),
    )


def _places(pack: Pack) -> Places:
    if pack.dictionary is None:
        raise DictionaryMissing(
            t("This province keeps no data dictionary."),
            fix=t("Name the datasets of elements and of links under dictionary in pack.yaml."),
        )
    return pack.dictionary


def _written(folder: Path, pack: Pack, drafted: Draft) -> Drafted:
    places = _places(pack)
    folder.mkdir(parents=True, exist_ok=True)
    contracts = {dataset.contract.id: dataset.contract for dataset in pack.datasets}
    files = (
        _file(folder, contracts, places.elements, map(_element_row, drafted.elements)),
        _file(folder, contracts, places.links, map(_link_row, drafted.links)),
    )
    return Drafted(files, len(drafted.elements), len(drafted.links))


def _file(
    folder: Path,
    contracts: dict[str, Contract],
    table: Table,
    rows: Iterable[dict[str, str]],
) -> Path:
    contract = contracts[table.dataset]
    fields = {column: field for field, column in table.columns.items()}
    columns = [column for column in contract.columns if column.name in fields]
    path = folder / f"{table.dataset}.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([column.label.vi for column in columns])
        writer.writerows([row[fields[column.name]] for column in columns] for row in rows)
    return path


def _element_row(element: Element) -> dict[str, str]:
    return {
        "code": element.code,
        "name": element.name,
        "business": element.business,
        "technical": element.technical,
        "management": element.management,
        "layer": element.layer,
        "block": element.block,
        "agency": element.agency or "",
        "official": "có" if element.is_official else "không",
        "source": element.source,
        "valid_from": element.valid_from.isoformat(),
        "valid_to": element.valid_to.isoformat() if element.valid_to else "",
    }


def _link_row(link: Link) -> dict[str, str]:
    return {
        "dataset": link.at.dataset,
        "column": link.at.column,
        "element": link.element,
        "valid_from": link.valid_from.isoformat(),
        "valid_to": link.valid_to.isoformat() if link.valid_to else "",
    }
