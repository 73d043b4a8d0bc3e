"""`tinhdata serve` and `tinhdata worker`: the long-running processes, and how they end."""

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Annotated

import typer
import uvicorn
from rich.panel import Panel
from rich.table import Table

from tinhdata.access import role_name
from tinhdata.bootstrap import DemoAccount, Platform, demo_accounts, run_workers
from tinhdata.cli.desk import demand_store, opened
from tinhdata.cli.errors import PortTaken
from tinhdata.cli.exits import ExitCode
from tinhdata.cli.options import AsJSON
from tinhdata.cli.output import Out
from tinhdata.cli.store import install
from tinhdata.cli.telling import read_settings, telling
from tinhdata.kernel import t
from tinhdata.settings import Settings

_BACKLOG = 512
_GRACE_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Account:
    """A demo account; the password is the same for all of one store."""

    login: str
    name: str
    roles: tuple[str, ...]
    password: str


@dataclass(frozen=True, slots=True)
class Serving:
    """Written once the address answers; the process goes on until it is stopped."""

    address: str
    workers: int
    accounts: tuple[Account, ...]

    @property
    def exit(self) -> ExitCode:
        """Give OK."""
        return ExitCode.OK

    def show(self, out: Out) -> None:
        """Write the address and, in a demonstration, who can sign in."""
        lines = Table.grid(padding=(0, 3))
        lines.add_row(out.say(t("Address")), self.address)
        if self.accounts:
            lines.add_row(out.say(t("Password")), self.accounts[0].password)
            lines.add_row()
        for account in self.accounts:
            lines.add_row(account.login, account.name)
        lines.add_row()
        lines.add_row(out.say(t("Stop")), "Ctrl-C")
        title = t("Demo accounts, simulated people") if self.accounts else t("The portal is open")
        panel = Panel.fit(lines, title=out.say(title), border_style="green", padding=(1, 2))
        out.print_whole(panel)


@dataclass(frozen=True, slots=True)
class Worked:
    """How many pieces of work were done before there was none left."""

    done: int

    @property
    def exit(self) -> ExitCode:
        """Give OK."""
        return ExitCode.OK

    def show(self, out: Out) -> None:
        """Write the number."""
        out.line(t("{done} pieces of work done.", done=self.done))


def serve(
    demo: Annotated[
        bool,
        typer.Option("--demo", help=str(t("Load the pack with its samples and demo accounts."))),
    ] = False,
    host: Annotated[str | None, typer.Option(help=str(t("Address to listen on.")))] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help=str(t("Port; 0 takes any free one.")))
    ] = None,
    json: AsJSON = False,
) -> None:
    """Serve portal, console and API until the process is stopped."""
    settings = _served(read_settings(), demo=demo, host=host, port=port)
    with telling(settings, is_json=json) as out:
        if not demo:
            demand_store(settings)
        with _listening(settings) as listener:
            # The port that was given, where the system chose one.
            settings = settings.model_copy(update={"port": listener.getsockname()[1]})
            if demo and not settings.store.exists():
                _load_apart(out)
            with opened(settings) as platform:
                if demo:
                    _load(out, platform)
                _run(out, platform, listener)


def worker(
    until_idle: Annotated[
        bool, typer.Option("--until-idle", help=str(t("End when no work is due any more.")))
    ] = False,
    threads: Annotated[
        int | None, typer.Option(min=1, max=64, help=str(t("How many pieces at a time.")))
    ] = None,
    json: AsJSON = False,
) -> None:
    """Do work of the queue until the process is stopped."""
    settings = read_settings()
    if threads is not None:
        settings = settings.model_copy(update={"workers": threads})
    with telling(settings, is_json=json) as out:
        demand_store(settings)
        with opened(settings) as platform:
            if until_idle:
                out.tell(Worked(platform.work.run_until_idle("system:worker")))
                return
            with _ending(lambda: None) as stop:
                text = t("{workers} workers wait for work. Ctrl-C ends.", workers=settings.workers)
                out.note(text)
                _work(platform, stop)


def _served(settings: Settings, *, demo: bool, host: str | None, port: int | None) -> Settings:
    given: dict[str, object] = {"demo": True} if demo else {}
    given |= {} if host is None else {"host": host}
    given |= {} if port is None else {"port": port}
    return settings.model_copy(update=given)


def _load_apart(out: Out) -> None:
    """Load the pack in a process of its own: what that takes of memory then goes back.

    What it could not load, it says, and the server tries, and says, again.
    """
    out.note(
        t("The pack is loaded with all its samples; the first time this takes a minute or two.")
    )
    command = [sys.executable, "-m", "tinhdata", "pack", "load", "--demo"]
    heard = subprocess.DEVNULL if out.is_json else None
    with subprocess.Popen(command, stdout=heard) as loading:  # noqa: S603 -- our own program
        with _ending(loading.terminate) as stop:
            loading.wait()
        if stop.is_set():
            raise typer.Exit(int(ExitCode.INTERRUPTED))


def _load(out: Out, platform: Platform) -> None:
    loaded = install(out, platform)
    if not out.is_json and not loaded.unchanged:
        loaded.show(out)


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    """Take the address before anything long begins; raises PortTaken."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        # Only where the protocol is named are answers sent at once: without it each one on a kept
        # connection waits 40 ms for the reader's system to confirm its first part.
        listener = socket.socket(family, kind, protocol)
        # Without this a restart has to wait until the connections of the last run are forgotten.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        raise PortTaken(
            t(
                "The address {host}:{port} cannot be used: {reason}",
                host=settings.host,
                port=str(settings.port),
                reason=error.strerror or str(error),
            ),
            fix=t("Choose another one with --port, or stop the program that listens there."),
        ) from None
    with listener:
        yield listener


def _run(out: Out, platform: Platform, listener: socket.socket) -> None:
    from tinhdata.app import create_app  # other commands start sooner without the pages

    settings = platform.settings
    config = uvicorn.Config(
        create_app(platform),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the app does it, for the proxies that the settings name
        timeout_graceful_shutdown=_GRACE_SECONDS,
        backlog=_BACKLOG,
    )
    server = uvicorn.Server(config)

    def leave() -> None:
        server.should_exit = True

    with _ending(leave) as stop:
        workers = run_workers(platform, stop)
        try:
            # From here on callers wait in line instead of being turned away.
            listener.listen(_BACKLOG)
            out.tell(Serving(_address(settings), settings.workers, _accounts(out, platform)))
            server.run(sockets=[listener])
        finally:
            stop.set()
            for thread in workers:
                thread.join()
    out.note(t("Stopped; everything is closed."))


def _work(platform: Platform, stop: threading.Event) -> None:
    workers = run_workers(platform, stop)
    stop.wait()
    for thread in workers:
        thread.join()


@contextmanager
def _ending(leave: Callable[[], None]) -> Iterator[threading.Event]:
    """Give an event that Ctrl-C and SIGTERM set, after calling `leave`: a wished end.

    The server takes the signals itself while it runs and raises them once more when it is done.
    """
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        leave()
        stop.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _address(settings: Settings) -> str:
    if settings.public_url:
        return settings.public_url
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104 -- shown, not bound
    return f"http://{name}:{settings.port}/"


def _accounts(out: Out, platform: Platform) -> tuple[Account, ...]:
    return tuple(_account(out, account) for account in demo_accounts(platform))


def _account(out: Out, account: DemoAccount) -> Account:
    roles = tuple(out.say(role_name(role)) for role in sorted(account.roles))
    return Account(account.login, account.name, roles, account.password)
