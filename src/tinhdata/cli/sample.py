"""`tinhdata sample`: the simulated rows of the pack's datasets as files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from tinhdata.cli.errors import InputMissing
from tinhdata.cli.exits import ExitCode
from tinhdata.cli.options import AsJSON
from tinhdata.cli.output import Out
from tinhdata.cli.telling import read_settings, telling
from tinhdata.cli.watching import counting
from tinhdata.kernel import Progress, t
from tinhdata.pack import Pack, SampleForm, SampleUnusable, World, load_pack


@dataclass(frozen=True, slots=True)
class WrittenSample:
    """A file with the sample of a dataset."""

    dataset: str
    rows: int
    file: Path
    simulated: bool


@dataclass(frozen=True, slots=True)
class WrittenSamples:
    """The files that were written."""

    samples: tuple[WrittenSample, ...]

    @property
    def exit(self) -> ExitCode:
        """Give OK."""
        return ExitCode.OK

    def show(self, out: Out) -> None:
        """Write which files there are now, and that simulated rows are simulated."""
        rows = [(each.dataset, str(each.file), out.number(each.rows)) for each in self.samples]
        out.table((t("Dataset"), t("File"), t("Rows")), rows, right=1)
        if any(each.simulated for each in self.samples):
            out.line()
            out.line(t("The rows are simulated: for trying out, never for decisions."), "yellow")


def sample(
    dataset: Annotated[str | None, typer.Argument(help=str(t("Id of the dataset.")))] = None,
    every: Annotated[
        bool, typer.Option("--all", help=str(t("Write the samples of all datasets.")))
    ] = False,
    target: Annotated[
        Path | None,
        typer.Option(
            "--out", help=str(t("File to write; with --all the folder. By default the id."))
        ),
    ] = None,
    form: Annotated[
        SampleForm | None,
        typer.Option("--format", help=str(t("Kind of file; by default as --out ends, else csv."))),
    ] = None,
    json: AsJSON = False,
) -> None:
    """Write the sample of `dataset`, or all; the same pack gives the same bytes."""
    settings = read_settings()
    with telling(settings, is_json=json) as out:
        if (dataset is None) != every:
            raise InputMissing(
                t("Name one dataset, or give --all."), fix=t("tinhdata sample --all --out folder")
            )
        pack = load_pack(settings.pack, None)
        if dataset is not None:
            file = target or Path(f"{dataset}.{form or SampleForm.CSV}")
            done = [_written(World(pack), dataset, file, form or _form_of(file))]
        else:
            done = _all(out, pack, target or Path(), form or SampleForm.CSV)
        out.tell(WrittenSamples(tuple(done)))


def _all(out: Out, pack: Pack, folder: Path, form: SampleForm) -> list[WrittenSample]:
    world = World(pack)
    ids = [each.contract.id for each in pack.datasets if world.has(each.contract.id)]
    done = []
    with counting(out, t("Making samples")) as report:
        for number, each in enumerate(ids):
            report(Progress(each, number, len(ids)))
            done.append(_written(world, each, folder / f"{each}.{form}", form))
    return done


def _written(world: World, dataset: str, file: Path, form: SampleForm) -> WrittenSample:
    world.write(dataset, file, form)
    simulated = world.contract(dataset).simulated
    return WrittenSample(dataset, len(world.rows(dataset)), file.absolute(), simulated)


def _form_of(file: Path) -> SampleForm:
    try:
        return SampleForm(file.suffix.removeprefix(".").lower())
    except ValueError:
        raise SampleUnusable(
            t("{file} ends in none of the kinds csv, xlsx and json.", file=file.name),
            fix=t("Say which with --format."),
        ) from None
