"""Opens what a definition names as a secret. Values go to a driver and nowhere else."""

import re
import stat
from collections.abc import Callable
from pathlib import Path

from tinhdata.kernel import t
from tinhdata.sources.errors import SecretMissing

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}")
_LONGEST = 100_000


class Secrets:
    """The secrets of sources: files of `folder` that only we may read, or `environment`."""

    def __init__(self, folder: Path, environment: Callable[[str], str | None]) -> None:
        self._folder = folder
        self._environment = environment

    def open(self, reference: str) -> str:
        """Give the secret behind `env:NAME` or `file:name`; raises SecretMissing."""
        kind, _, name = reference.partition(":")
        if kind == "env":
            value = self._environment(name)
            if not value:
                raise SecretMissing(
                    t("The environment does not hold {name}.", name=name),
                    fix=t("Set it for the processes of the platform and start them again."),
                )
            return value
        return self._file(name)

    def _file(self, name: str) -> str:
        path = self._folder / name
        try:
            found = path.lstat()
        except OSError:
            found = None
        if not _NAME.fullmatch(name) or found is None or not stat.S_ISREG(found.st_mode):
            raise SecretMissing(
                t("There is no secret file {name} in keys/sources of the store.", name=name),
                fix=t("Put it there, readable by the platform's user alone (mode 0600)."),
            )
        if found.st_mode & 0o077 or found.st_size > _LONGEST:
            raise SecretMissing(
                t("The secret file {name} may be read by others than the platform.", name=name),
                fix=t("Run: {command}", command=f"chmod 600 {name}"),
            )
        return path.read_text(encoding="utf-8").strip("\r\n")
