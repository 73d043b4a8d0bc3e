"""What is wrong with a pack or with one of its samples."""

from dataclasses import dataclass

from tinhdata.kernel import Problem, Text, t


@dataclass(frozen=True, slots=True)
class PackFinding:
    """What is wrong at a place of a pack: `file` or `file:line`, a sentence, how to mend it."""

    where: str
    text: Text
    fix: Text | None = None


class PackInvalid(Problem):
    """A folder is no pack, or its files contradict each other; `findings` say where."""

    code = "pack-invalid"

    def __init__(self, pack: str, findings: tuple[PackFinding, ...]) -> None:
        super().__init__(
            t("The pack {pack} has {count} faults.", pack=pack, count=len(findings)),
            fix=t("Mend the places named and load the pack again."),
            where=findings[0].where if findings else pack,
        )
        self.findings = findings

    def __str__(self) -> str:
        """Give the sentence and every finding, one per line, for logs and terminals."""
        lines = [
            f"  {found.where}: {found.text}" + (f" {found.fix}" if found.fix else "")
            for found in self.findings
        ]
        return "\n".join([str(self.text), *lines])


class SampleUnusable(Problem):
    """The rows of a sample cannot be made; the text says of which and why."""

    code = "sample-unusable"
