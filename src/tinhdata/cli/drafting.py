"""`tinhdata contract new` and `contract import`: drafts of contracts from files and schemas."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tinhdata.access import ANONYMOUS
from tinhdata.cli.desk import at_desk
from tinhdata.cli.errors import FileMissing, OutputThere
from tinhdata.cli.exits import ExitCode
from tinhdata.cli.options import AsJSON
from tinhdata.cli.output import Out
from tinhdata.cli.telling import read_settings, telling
from tinhdata.contracts import (
    DraftContract,
    DraftWishes,
    Finding,
    Imported,
    KnownKey,
    SQLDialect,
    import_ckan,
    import_frictionless,
    import_sql,
    write_draft,
)
from tinhdata.edge.known_keys import keys_of_pack, keys_of_store
from tinhdata.edge.language import say
from tinhdata.intake import draft
from tinhdata.kernel import Text, t
from tinhdata.pack import load_pack
from tinhdata.settings import Settings


class SchemaKind(StrEnum):
    """Whose schemas drafts are made of."""

    CKAN = "ckan"
    FRICTIONLESS = "frictionless"
    SQL = "sql"


@dataclass(frozen=True, slots=True)
class WrittenDraft:
    """A draft: its dataset, columns and key, the file written or its text, what is left to do."""

    dataset: str
    file: Path | None
    columns: int
    key: tuple[str, ...]
    yaml: str
    left: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class WrittenDrafts:
    """The drafts that were made, and what of the source belongs to none of them."""

    drafts: tuple[WrittenDraft, ...]
    notes: tuple[Text, ...]

    @property
    def exit(self) -> ExitCode:
        """Give OK."""
        return ExitCode.OK

    def show(self, out: Out) -> None:
        """Write the drafts themselves, or where they stand and what is left to finish."""
        for each in self.drafts:
            if each.file is None:
                out.line(each.yaml.rstrip("\n"))
            else:
                text = t(
                    "{file}: {dataset} with {count} columns, key {key}.",
                    file=str(each.file),
                    dataset=each.dataset,
                    count=each.columns,
                    key=", ".join(each.key),
                )
                out.line(text, "green")
                for finding in each.left:
                    out.line(f"  {finding.where}: {out.say(finding.text)}", "yellow")
        for note in self.notes:
            out.note(note, "yellow")


_Output = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        help=str(t("File to write, or a folder for several; without it the text is shown.")),
    ),
]
_Id = Annotated[str | None, typer.Option("--id", help=str(t("Id of the dataset.")))]
_Agency = Annotated[
    str | None, typer.Option(help=str(t("Code of the agency that owns the dataset.")))
]
_Sector = Annotated[str | None, typer.Option(help=str(t("Sector of the dataset.")))]


def new(
    sample_file: Annotated[Path, typer.Argument(help=str(t("A file as it will be delivered.")))],
    dataset: _Id = None,
    agency: _Agency = None,
    sector: _Sector = None,
    sheet: Annotated[
        str | None, typer.Option(help=str(t("Sheet of the workbook; by default the largest.")))
    ] = None,
    pack: Annotated[
        Path | None,
        typer.Option(help=str(t("Pack whose lists the columns may refer to."))),
    ] = None,
    registered: Annotated[
        bool,
        typer.Option(
            "--registered", help=str(t("Refer to the open lists that are published here."))
        ),
    ] = False,
    out_path: _Output = None,
    json: AsJSON = False,
) -> None:
    """Write the draft of a contract from a sample file."""
    settings = read_settings()
    with telling(settings, is_json=json) as out:
        if not sample_file.is_file():
            raise _missing(sample_file)
        wishes = DraftWishes(dataset, agency, sector, sheet)
        known = _known(settings, pack, registered=registered)
        written = draft(sample_file, sample_file.name, _vietnamese, wishes, known)
        out.tell(WrittenDrafts(tuple(_saved([written], out_path)), ()))


def import_schema(
    schema_file: Annotated[Path, typer.Argument(help=str(t("File with the schema.")))],
    kind: Annotated[SchemaKind, typer.Option("--from", help=str(t("What kind of schema it is.")))],
    dialect: Annotated[
        SQLDialect | None, typer.Option(help=str(t("Dialect of the SQL statements.")))
    ] = None,
    dataset: _Id = None,
    agency: _Agency = None,
    sector: _Sector = None,
    out_path: _Output = None,
    json: AsJSON = False,
) -> None:
    """Write a draft for each table that a schema of others declares."""
    with telling(read_settings(), is_json=json) as out:
        try:
            data = schema_file.read_bytes()
        except OSError:
            raise _missing(schema_file) from None
        wishes = DraftWishes(dataset, agency, sector)
        imported = _imported(kind, data, schema_file.name, wishes, dialect)
        drafts = [write_draft(table, _vietnamese) for table in imported.tables]
        out.tell(WrittenDrafts(tuple(_saved(drafts, out_path)), imported.notes))


def _imported(
    kind: SchemaKind, data: bytes, source: str, wishes: DraftWishes, dialect: SQLDialect | None
) -> Imported:
    match kind:
        case SchemaKind.CKAN:
            return import_ckan(data, source, wishes)
        case SchemaKind.FRICTIONLESS:
            return import_frictionless(data, source, wishes)
        case SchemaKind.SQL:
            return import_sql(data, source, wishes, dialect)


def _known(settings: Settings, pack: Path | None, *, registered: bool) -> tuple[KnownKey, ...]:
    known: tuple[KnownKey, ...] = ()
    if pack is not None:
        known = keys_of_pack(load_pack(pack, None))
    if registered:
        with at_desk(settings, None) as desk:
            known = (*known, *keys_of_store(desk.platform, ANONYMOUS))
    return known


def _saved(drafts: Sequence[DraftContract], target: Path | None) -> list[WrittenDraft]:
    paths: list[Path | None] = [None] * len(drafts)
    if target is not None and (len(drafts) > 1 or target.is_dir() or not target.suffix):
        paths = [target / f"{each.id}.yaml" for each in drafts]
    elif target is not None:
        paths = [target]
    # All or none: a folder with half of the drafts looks like a whole one.
    for path in paths:
        if path is not None and path.exists():
            raise OutputThere(path)
    saved = []
    for each, path in zip(drafts, paths, strict=True):
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(each.yaml, encoding="utf-8")
        saved.append(WrittenDraft(each.id, path, each.columns, each.key, each.yaml, each.findings))
    return saved


def _missing(path: Path) -> FileMissing:
    return FileMissing(
        t("The file {file} cannot be read.", file=str(path)),
        fix=t("Check its name and whether you may read it."),
    )


def _vietnamese(text: Text) -> str:
    return say(text, "vi")
