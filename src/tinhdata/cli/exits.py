"""How a command ends: the exit codes, and which of them each kind of problem has."""

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType

from tinhdata.kernel import Problem, Refused


class ExitCode(IntEnum):
    """What a command gives back to the shell. `MEANINGS` says it in words."""

    OK = 0
    UNEXPECTED = 1
    USAGE = 2
    REFUSED = 3
    NOT_FOUND = 4
    INVALID = 5
    WAITING = 6
    CONFLICT = 7
    DAMAGED = 8
    INTERRUPTED = 130


MEANINGS: Mapping[ExitCode, str] = MappingProxyType(
    {
        ExitCode.OK: "Done as asked.",
        ExitCode.UNEXPECTED: "A fault of the program or of the machine; the log names it.",
        ExitCode.USAGE: "The command, an option or a setting is not one there is.",
        ExitCode.REFUSED: "The person named by `--as` may not do this; the message says why.",
        ExitCode.NOT_FOUND: "A file, dataset, delivery, release or person is not there.",
        ExitCode.INVALID: "What was given cannot be used: a file, a contract, a value.",
        ExitCode.WAITING: "Done, and rows wait in quarantine or the delivery is held.",
        ExitCode.CONFLICT: "Not now: something else is in the way, or it was done already.",
        ExitCode.DAMAGED: "What is stored is not what was written, or `doctor` found a fault.",
        ExitCode.INTERRUPTED: "Stopped by Ctrl-C or SIGTERM; what was begun goes on next time.",
    }
)

_BY_EXIT: Mapping[ExitCode, frozenset[str]] = MappingProxyType(
    {
        ExitCode.UNEXPECTED: frozenset(
            {
                "check-failed",
                "database-away",
                "internal",
                "problem",
                "read-too-long",
                "source-unreachable",
            }
        ),
        ExitCode.REFUSED: frozenset(
            {
                "contract-second-person",
                "contract-signature-missing",
                "csrf-missing",
                "door-closed",
                "raw-door-closed",
                "refused",
                "sign-in-needed",
                "sign-in-paused",
                "sign-in-refused",
                "source-key-invalid",
            }
        ),
        ExitCode.NOT_FOUND: frozenset(
            {
                "access-not-found",
                "form-unknown",
                "harvest-unknown",
                "no-such-entry",
                "page-beyond",
                "rows-not-open",
                "bytes-not-found",
                "contract-unknown",
                "file-missing",
                "no-release",
                "no-store",
                "no-such-dataset",
                "no-such-delivery",
                "no-such-record",
                "page-not-found",
                "quarantine-unknown",
                "release-not-found",
                "release-withdrawn",
                "source-unknown",
                "work-not-found",
            }
        ),
        ExitCode.CONFLICT: frozenset(
            {
                "already-withdrawn",
                "base-moved",
                "contract-overtaken",
                "contract-version-taken",
                "contract-wrong-state",
                "later-releases",
                "login-taken",
                "no-room",
                "not-now",
                "nothing-to-do",
                "output-there",
                "port-taken",
                "quarantine-decision-impossible",
                "readers-busy",
                "source-busy",
                "source-changing",
                "source-postponed",
                "store-full",
                "writer-busy",
            }
        ),
        ExitCode.DAMAGED: frozenset(
            {
                "counts-disagree",
                "counts-wrong",
                "file-lost",
                "journal-broken",
                "quarantine-equation-broken",
                "schema-too-new",
                "table-not-plain",
            }
        ),
    }
)

_EXITS: Mapping[str, ExitCode] = MappingProxyType(
    {code: exit_code for exit_code, codes in _BY_EXIT.items() for code in codes}
)


def exit_of(problem: type[Problem]) -> ExitCode:
    """Give the exit code of a kind of problem; whatever has no row is input that cannot be used."""
    by_kind = ExitCode.REFUSED if issubclass(problem, Refused) else ExitCode.INVALID
    return _EXITS.get(problem.code, by_kind)


def exit_of_code(code: str) -> ExitCode:
    """Give the exit code of a problem that is known by its code alone."""
    return _EXITS.get(code, ExitCode.INVALID)


def listed_codes() -> frozenset[str]:
    """Give the problem codes that have a row of their own."""
    return frozenset(_EXITS)
