"""`tinhdata contract`: what is wrong with a contract file, and what a new version changes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from tinhdata.cli.errors import FileMissing, NotComparable
from tinhdata.cli.exits import ExitCode
from tinhdata.cli.options import AsJSON
from tinhdata.cli.output import Out
from tinhdata.cli.telling import read_settings, telling
from tinhdata.contracts import (
    Bump,
    Comparison,
    ContractInvalid,
    Finding,
    LoadedContract,
    Severity,
    Verdict,
    compare,
    is_newer,
    load_contract,
    version_numbers,
)
from tinhdata.kernel import Text, t


@dataclass(frozen=True, slots=True)
class CheckedContract:
    """One file: what it declares, where it could be read, and everything found in it."""

    file: str
    ok: bool
    dataset: str | None
    version: str | None
    hash: str | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class CheckedContracts:
    """The files that were checked."""

    files: tuple[CheckedContract, ...]

    @property
    def exit(self) -> ExitCode:
        """Give INVALID if one of the files has a fault."""
        return ExitCode.OK if all(file.ok for file in self.files) else ExitCode.INVALID

    def show(self, out: Out) -> None:
        """Write each finding in one line, and one line for each file."""
        for file in self.files:
            for finding in file.findings:
                style = "red" if _is_fault(finding) else "yellow"
                fix = f" {out.say(finding.fix)}" if finding.fix else ""
                out.line(f"{finding.where}: {out.say(finding.text)}{fix}", style)
            faults = sum(_is_fault(finding) for finding in file.findings)
            if not file.ok:
                out.line(
                    t("{file}: faults found: {count}.", file=file.file, count=faults), "bold red"
                )
            else:
                text = t(
                    "{file}: {dataset} {version} is in order.",
                    file=file.file,
                    dataset=file.dataset or "",
                    version=file.version or "",
                )
                out.line(text, "green")


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One difference; the verdicts are `ok`, `warn`, `break` or `block`.

    `bump` is the number of the version that this change alone raises.
    """

    kind: str
    column: str | None
    text: Text
    consumer: str
    producer: str
    privacy: str
    bump: str


@dataclass(frozen=True, slots=True)
class ComparedContracts:
    """What a new version changes, whom it breaks, and which version number says so."""

    dataset: str
    old_version: str
    new_version: str
    least_version: str
    bump: str
    breaks_consumers: bool
    breaks_producers: bool
    needs_signatures: bool
    version_ok: bool
    changes: tuple[ChangeLine, ...]

    @property
    def exit(self) -> ExitCode:
        """Give INVALID if the number of the new version says less than changes."""
        return ExitCode.OK if self.version_ok else ExitCode.INVALID

    def show(self, out: Out) -> None:
        """Write the changes with their verdicts, and then what follows from them."""
        if not self.changes:
            out.line(t("Nothing changes that concerns anyone."))
        else:
            heads = (t("Change"), t("Readers"), t("Senders"), t("Protection"), t("Version"))
            out.table(heads, [_cells(change, out) for change in self.changes])
            out.line()
        for text in self._consequences():
            out.line(text)

    def _consequences(self) -> Iterator[Text]:
        if self.breaks_consumers:
            yield t("Those who read the dataset have to change something.")
        if self.breaks_producers:
            yield t("Files that were good before may fail now.")
        if self.needs_signatures:
            yield t("The change needs the signature of the data protection officer.")
        if self.version_ok:
            yield t("Version {version} says how much changes.", version=self.new_version)
        else:
            yield t(
                "Version {version} says less than changes. Write {least} or a higher one.",
                version=self.new_version,
                least=self.least_version,
            )


_VERDICTS = {
    "ok": t("no effect"),
    "warn": t("take note"),
    "break": t("breaks"),
    "block": t("needs signatures"),
}

_BUMPS = {
    "none": t("no change"),
    "patch": t("third number"),
    "minor": t("second number"),
    "major": t("first number"),
}

app = typer.Typer(help=str(t("Contracts: check files, compare versions.")), no_args_is_help=True)


@app.command(help=str(t("Say what is wrong with contract files, with line and remedy.")))
def check(
    files: Annotated[
        list[Path],
        typer.Argument(help=str(t("Contract files, or folders whose YAML files are checked."))),
    ],
    json: AsJSON = False,
) -> None:
    """Check every file; INVALID if one has a fault."""
    with telling(read_settings(), is_json=json) as out:
        out.tell(CheckedContracts(tuple(_check(path) for path in _each(files))))


@app.command("compare", help=str(t("Say what a new version changes, and whom that breaks.")))
def compare_versions(
    old: Annotated[Path, typer.Argument(help=str(t("Contract file of the version in force.")))],
    new: Annotated[Path, typer.Argument(help=str(t("Contract file of the new version.")))],
    json: AsJSON = False,
) -> None:
    """Compare two files of one dataset; INVALID if the version number says too little."""
    with telling(read_settings(), is_json=json) as out:
        out.tell(_compared(_load(old), _load(new)))


def _check(path: Path) -> CheckedContract:
    try:
        loaded = _load(path)
    except ContractInvalid as invalid:
        return CheckedContract(str(path), False, None, None, None, invalid.findings)
    contract = loaded.contract
    version = contract.version
    return CheckedContract(str(path), True, contract.id, version, loaded.hash, loaded.findings)


def _compared(old: LoadedContract, new: LoadedContract) -> ComparedContracts:
    if old.contract.id != new.contract.id:
        text = t("{old} and {new} are two datasets.", old=old.contract.id, new=new.contract.id)
        raise NotComparable(text, fix=t("Name two files with the same id."))
    found = compare(old.contract, new.contract)
    return ComparedContracts(
        dataset=new.contract.id,
        old_version=old.contract.version,
        new_version=new.contract.version,
        least_version=found.next_version,
        bump=found.bump.name.lower(),
        breaks_consumers=found.breaks_consumers,
        breaks_producers=found.breaks_producers,
        needs_signatures=found.needs_signatures,
        version_ok=_says_enough(old, new, found),
        changes=tuple(
            ChangeLine(
                change.kind,
                change.column,
                change.text,
                _verdict(change.consumer),
                _verdict(change.producer),
                _verdict(change.privacy),
                change.bump.name.lower(),
            )
            for change in found.changes
        ),
    )


def _says_enough(old: LoadedContract, new: LoadedContract, found: Comparison) -> bool:
    if found.bump is Bump.NONE:
        return old.hash == new.hash or is_newer(new.contract, old.contract)
    return version_numbers(new.contract.version) >= version_numbers(found.next_version)


def _load(path: Path) -> LoadedContract:
    try:
        data = path.read_bytes()
    except OSError:
        raise FileMissing(
            t("The file {file} cannot be read.", file=str(path)),
            fix=t("Check its name and whether you may read it."),
        ) from None
    return load_contract(data, str(path))


def _each(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        below = sorted(found for form in ("*.yaml", "*.yml") for found in path.rglob(form))
        if not below:
            raise FileMissing(
                t("There is no YAML file in {folder}.", folder=str(path)),
                fix=t("Name the contract files, or the folder that holds them."),
            )
        yield from below


def _cells(change: ChangeLine, out: Out) -> tuple[str, ...]:
    verdicts = (change.consumer, change.producer, change.privacy)
    said = (out.say(_VERDICTS[verdict]) for verdict in verdicts)
    return (out.say(change.text), *said, out.say(_BUMPS[change.bump]))


def _verdict(verdict: Verdict) -> str:
    return verdict.name.lower()


def _is_fault(finding: Finding) -> bool:
    return finding.severity in {Severity.ERROR, Severity.CRITICAL}
