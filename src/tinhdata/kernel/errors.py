"""What goes wrong, said so that a person can mend it. HTTP and exit codes live at the edges."""

from typing import ClassVar

from tinhdata.kernel.text import Text


class Problem(Exception):
    """Something a person or a program asked for cannot be done.

    Each subclass has a stable `code` (kebab case). `text` says what happened and where, `fix` how
    to mend it.
    """

    code: ClassVar[str] = "problem"

    def __init__(self, text: Text, *, fix: Text | None = None, where: str | None = None) -> None:
        super().__init__(str(text))
        self.text = text
        self.fix = fix
        self.where = where

    def __str__(self) -> str:
        """Give place, sentence and fix in English, for logs and terminals."""
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.text}" + (f" {self.fix}" if self.fix else "")


class Refused(Problem):
    """The actor may not do this; the text carries the reason."""

    code = "refused"
