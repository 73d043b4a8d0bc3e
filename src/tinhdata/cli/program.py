"""The tree of commands, and its help in the language of the settings."""

from collections.abc import Mapping
from typing import TypeAlias

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

from tinhdata.cli import contract, dictionary, drafting, harvest, proposing, quarantine, source
from tinhdata.cli.deliver import deliver
from tinhdata.cli.doctor import Diagnosis, doctor
from tinhdata.cli.output import Result
from tinhdata.cli.release import ReleaseList, Withdrawn, releases, withdraw
from tinhdata.cli.reports import DeliveryReport
from tinhdata.cli.sample import WrittenSamples, sample
from tinhdata.cli.serving import Serving, Worked, serve, worker
from tinhdata.cli.store import Initialised, LoadedPack, init, pack_app
from tinhdata.edge.language import translations
from tinhdata.kernel import t

app = typer.Typer(
    name="tinhdata",
    help=str(t("The data platform of a province: from a file to published data.")),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command(help=str(t("Make the store, or bring it up to date.")))(init)
app.add_typer(pack_app, name="pack")
app.add_typer(contract.app, name="contract")
contract.app.command("new", help=str(t("Draft a contract from a sample file.")))(drafting.new)
contract.app.command(
    "import", help=str(t("Draft contracts from a schema: CKAN, Frictionless or SQL."))
)(drafting.import_schema)
contract.app.command(help=str(t("Propose a contract; a second person approves it.")))(
    proposing.propose
)
contract.app.command(help=str(t("Sign a proposed contract for data protection.")))(proposing.sign)
contract.app.command(help=str(t("Approve a contract that someone else proposed.")))(
    proposing.approve
)
contract.app.command(
    "dry-run", help=str(t("Say what a contract would make of the newest delivery."))
)(proposing.dry_run)
app.command(help=str(t("Write the simulated rows of a dataset as a file.")))(sample)
app.command(help=str(t("Send a file: check it, say what is wrong, publish what passes.")))(deliver)
app.command(help=str(t("List the releases of a dataset.")))(releases)
app.command(help=str(t("Withdraw a release that was published by mistake.")))(withdraw)
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(dictionary.app, name="dictionary")
app.add_typer(source.app, name="source")
app.add_typer(harvest.app, name="harvest")
app.command(help=str(t("Serve the portal, the console and the API.")))(serve)
app.command(help=str(t("Do work in a process of its own.")))(worker)
app.command(help=str(t("Look at everything that is stored and say what is wrong.")))(doctor)

RESULTS: Mapping[str, type[Result]] = {
    "init": Initialised,
    "pack load": LoadedPack,
    "contract check": contract.CheckedContracts,
    "contract compare": contract.ComparedContracts,
    "contract new": drafting.WrittenDrafts,
    "contract import": drafting.WrittenDrafts,
    "contract propose": proposing.ContractStanding,
    "contract sign": proposing.ContractStanding,
    "contract approve": proposing.ContractStanding,
    "contract dry-run": proposing.TriedContract,
    "sample": WrittenSamples,
    "deliver": DeliveryReport,
    "releases": ReleaseList,
    "withdraw": Withdrawn,
    "quarantine list": quarantine.ItemList,
    "quarantine export": quarantine.Exported,
    "quarantine waive": DeliveryReport,
    "quarantine retry": quarantine.Retried,
    "dictionary draft": dictionary.Drafted,
    "dictionary coverage": dictionary.CoverageReport,
    "source add": source.SourceLine,
    "source list": source.SourceList,
    "source test": source.LookResult,
    "source pull": source.RunLine,
    "source pause": source.SourceLine,
    "source resume": source.SourceLine,
    "source remove": source.Removed,
    "harvest add": harvest.PortalLine,
    "harvest list": harvest.PortalList,
    "harvest run": harvest.HarvestLine,
    "harvest pause": harvest.PortalLine,
    "harvest resume": harvest.PortalLine,
    "harvest remove": harvest.RemovedPortal,
    "serve": Serving,
    "worker": Worked,
    "doctor": Diagnosis,
}
"""What each command writes with `--json`."""

Node: TypeAlias = "TyperGroup | TyperCommand"


def command(language: str) -> TyperGroup:
    """Give the whole tree with its help in `language`."""
    tree = get_command(app)
    if not isinstance(tree, TyperGroup):
        raise TypeError("tinhdata has more than one command")
    _translate(tree, language)
    return tree


def children(node: object) -> dict[str, Node]:
    """Give the commands below a group by name; a command has none."""
    if not isinstance(node, TyperGroup):
        return {}
    return {
        name: child
        for name, child in node.commands.items()
        if isinstance(child, TyperGroup | TyperCommand)
    }


def _translate(node: Node, language: str) -> None:
    catalogue = translations(language)
    if node.help:
        node.help = catalogue.gettext(node.help)
    for param in node.params:
        if isinstance(param, TyperArgument | TyperOption) and param.help:
            param.help = catalogue.gettext(param.help)
    for child in children(node).values():
        _translate(child, language)
