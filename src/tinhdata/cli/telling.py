"""The frame of every command: settings, streams, and what becomes of problems."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import sqlalchemy as sa
import structlog
import typer
from pydantic import ValidationError

from tinhdata.cli.errors import DatabaseAway
from tinhdata.cli.exits import ExitCode
from tinhdata.cli.logs import send_logs_to_standard_error
from tinhdata.cli.output import Out
from tinhdata.kernel import Problem, new_id, t
from tinhdata.settings import Settings

_log = structlog.get_logger(__name__)


def read_settings() -> Settings:
    """Read the settings; ends the command where one cannot be used."""
    try:
        return Settings()
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False):
            name = "_".join(("TINHDATA", *(str(part).upper() for part in fault["loc"])))
            typer.echo(f"{name}: {fault['msg']}", err=True)
        raise SystemExit(ExitCode.USAGE) from None


@contextmanager
def telling(settings: Settings, *, is_json: bool = False) -> Iterator[Out]:
    """Run a command's body; tell what goes wrong and end with the right exit code.

    SIGTERM stops the command as Ctrl-C does, so that everything is closed on the way out.
    """
    send_logs_to_standard_error(settings.log_level)
    out = Out(settings.language, is_json=is_json)
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        yield out
    except Problem as problem:
        out.tell_problem(problem)
    except sa.exc.OperationalError as error:
        # The driver's own words name hosts and users, so only its kind is told.
        out.tell_problem(DatabaseAway(type(error.orig).__name__))
    except KeyboardInterrupt:
        out.exit = ExitCode.INTERRUPTED
        out.note(t("Stopped. What was begun goes on next time."))
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:  # the outermost edge of a command
        incident = new_id("inc")
        # No values: an exception's own words may hold those of cells.
        kind, frames = type(error).__name__, _frames(error)
        _log.error("cli.failed", incident=incident, kind=kind, frames=frames)
        out.tell_fault(incident)
    finally:
        signal.signal(signal.SIGTERM, before)
    if out.exit is not ExitCode.OK:
        raise typer.Exit(out.exit)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _frames(error: BaseException) -> list[str]:
    frames: list[str] = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_qualname}")
        trace = trace.tb_next
    return frames
