"""`tinhdata init` and `tinhdata pack load`: a store, its first operator, the province's pack."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from tinhdata.access import Person, Role
from tinhdata.bootstrap import Platform, install_pack
from tinhdata.cli.desk import opened
from tinhdata.cli.errors import InputMissing
from tinhdata.cli.exits import ExitCode, exit_of
from tinhdata.cli.options import AsJSON
from tinhdata.cli.output import Out
from tinhdata.cli.telling import read_settings, telling
from tinhdata.cli.watching import counting
from tinhdata.kernel import Text, t
from tinhdata.pack import Installed

_INIT = "system:init"


@dataclass(frozen=True, slots=True)
class Initialised:
    """A store that is ready, and the operator who was added."""

    store: Path
    database: str
    was_new: bool
    operator: str | None

    @property
    def exit(self) -> ExitCode:
        """Give OK."""
        return ExitCode.OK

    def show(self, out: Out) -> None:
        """Write where things lie and what to do next."""
        made = t("The store {folder} was made.", folder=str(self.store))
        there = t("The store {folder} was there and is in order.", folder=str(self.store))
        out.line(made if self.was_new else there, "bold")
        out.line(t("Metadata: {database}", database=self.database))
        if self.operator:
            out.line(t("{login} may sign in as operator.", login=self.operator))
        out.line(t("Next: tinhdata pack load, then tinhdata serve."), "green")


@dataclass(frozen=True, slots=True)
class RefusedDataset:
    """A dataset of the pack that was not taken over, and why."""

    dataset: str
    code: str
    text: Text
    fix: Text | None


@dataclass(frozen=True, slots=True)
class LoadedPack:
    """What loading a pack changed: codes of agencies, ids of datasets."""

    pack: str
    version: str
    agencies: tuple[str, ...]
    contracts: tuple[str, ...]
    samples: tuple[str, ...]
    refused: tuple[RefusedDataset, ...]
    unchanged: bool
    exit_code: int

    @property
    def exit(self) -> ExitCode:
        """Give OK, or the exit code of the first refusal."""
        return ExitCode(self.exit_code)

    def show(self, out: Out) -> None:
        """Write what was new, and what was refused with its reason."""
        out.line(t("Pack {pack} {version}", pack=self.pack, version=self.version), "bold")
        if self.unchanged:
            out.line(t("Everything was as the pack says."))
        else:
            out.fields(
                (
                    (t("Agencies registered"), out.number(len(self.agencies))),
                    (t("Contracts registered"), out.number(len(self.contracts))),
                    (t("Samples published"), out.number(len(self.samples))),
                )
            )
        for refused in self.refused:
            fix = f" {out.say(refused.fix)}" if refused.fix else ""
            out.line(f"{refused.dataset}: {out.say(refused.text)}{fix}", "red")


pack_app = typer.Typer(help=str(t("The province as data.")), no_args_is_help=True)


def init(
    operator: Annotated[
        str | None,
        typer.Option(metavar="LOGIN", help=str(t("Make an account with the role of operator."))),
    ] = None,
    name: Annotated[str | None, typer.Option(help=str(t("The operator's name.")))] = None,
    password_stdin: Annotated[
        bool,
        typer.Option(
            "--password-stdin", help=str(t("Read the password from standard input, not asking."))
        ),
    ] = False,
    json: AsJSON = False,
) -> None:
    """Make the store and its databases, or bring them up to date."""
    settings = read_settings()
    with telling(settings, is_json=json) as out:
        was_new = not settings.store.exists()
        with opened(settings) as platform:
            person = None
            if operator is not None:
                password = _password(out, from_stdin=password_stdin)
                person = _add_operator(platform, operator, name or operator, password)
            database = platform.db.url.render_as_string(hide_password=True)
            login = person.login if person else None
            out.tell(Initialised(settings.store.absolute(), database, was_new, login))


@pack_app.command("load", help=str(t("Register what the pack declares; again changes nothing.")))
def load(
    folder: Annotated[
        Path | None, typer.Argument(help=str(t("Folder of the pack; by default TINHDATA_PACK.")))
    ] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help=str(t("Make the demo accounts as well.")))
    ] = False,
    json: AsJSON = False,
) -> None:
    """Register agencies, databases and contracts; a demonstration also publishes its samples."""
    settings = read_settings()
    changes: dict[str, object] = {"pack": folder} if folder is not None else {}
    settings = settings.model_copy(update=changes | ({"demo": True} if demo else {}))
    with telling(settings, is_json=json) as out, opened(settings) as platform:
        out.tell(install(out, platform))


def install(out: Out, platform: Platform) -> LoadedPack:
    """Load the pack with a display of how far it is."""
    with counting(out, t("Loading the pack")) as report:
        installed = install_pack(platform, report)
    return _loaded(platform, installed)


def _loaded(platform: Platform, installed: Installed) -> LoadedPack:
    refused = installed.refused
    return LoadedPack(
        pack=platform.pack.id,
        version=platform.pack.version,
        agencies=installed.agencies,
        contracts=installed.contracts,
        samples=installed.samples,
        refused=tuple(
            RefusedDataset(each.dataset, each.problem.code, each.problem.text, each.problem.fix)
            for each in refused
        ),
        unchanged=installed.is_unchanged,
        exit_code=int(exit_of(type(refused[0].problem)) if refused else ExitCode.OK),
    )


def _add_operator(platform: Platform, login: str, name: str, password: str) -> Person:
    roles = frozenset({Role.OPERATOR})
    return platform.access.add_person(_INIT, login, name, password, roles, None)


def _password(out: Out, *, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise InputMissing(
            t("There is no terminal to ask for the password."),
            fix=t("Give it on standard input with --password-stdin."),
        )
    title = out.say(t("Password of the operator"))
    return str(typer.prompt(title, hide_input=True, confirmation_prompt=True, err=True))
