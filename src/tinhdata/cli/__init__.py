"""The command line: parses, calls one verb as a named actor, shows the answer.

It owns exit codes and terminal output; what may be done is decided where the web asks, too.
"""

from tinhdata.cli.exits import MEANINGS, ExitCode, exit_of, listed_codes
from tinhdata.cli.program import RESULTS, children, command
from tinhdata.cli.telling import read_settings

__all__ = [
    "MEANINGS",
    "RESULTS",
    "ExitCode",
    "children",
    "command",
    "exit_of",
    "listed_codes",
    "main",
]


def main() -> None:
    """Run the command line of this process; ends it with one of `ExitCode`."""
    command(read_settings().language)(prog_name="tinhdata")
