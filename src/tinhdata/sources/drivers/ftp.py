"""An FTP server, with TLS where the definition asks for it."""

import ftplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import PurePosixPath

from tinhdata.kernel import Problem, t
from tinhdata.sources.drivers.remote import Fetched
from tinhdata.sources.errors import SourceChanging, SourceDenied, SourceUnfit, unreachable
from tinhdata.sources.model import FilePlace, RemoteFile, TakenFile

_TIMEOUT = 60
_ANSWER = 20
_CHUNK = 1 << 16
_NOT_LOGGED_IN = "530"
_GONE = "550"
_LOST = (OSError, EOFError, ftplib.error_temp, ftplib.error_proto, ftplib.error_reply)


class FTP:
    """A session with one server, in the folder of the source."""

    def __init__(self, place: FilePlace, password: str | None) -> None:
        self._place = place
        self._folder = PurePosixPath(place.path)
        with self._told():
            self._ftp = self._connect(password)

    def close(self) -> None:
        """End the session; a server that does not answer any more is left alone."""
        try:
            self._ftp.quit()
        except (*_LOST, ftplib.Error):
            self._ftp.close()

    def files(self, _known: Mapping[str, TakenFile]) -> tuple[RemoteFile, ...]:
        """List the files, with size and time where the server gives them."""
        with self._told():
            try:
                entries = list(self._ftp.mlsd(str(self._folder), ["type", "size", "modify"]))
            except ftplib.error_perm as error:
                if not str(error).startswith(("500", "501", "502", "504")):
                    raise
                return self._plain_files()
        return tuple(
            _file(name, _whole(facts.get("size")), facts.get("modify"))
            for name, facts in entries
            if facts.get("type", "file").lower() == "file"
        )

    @contextmanager
    def fetch(self, file: RemoteFile, start: int) -> Iterator[Fetched]:
        """Open a download, going on at `start`; a server that cannot begins again."""
        with self._told():
            self._ftp.voidcmd("TYPE I")
            command = f"RETR {self._folder / file.name}"
            try:
                channel = self._ftp.transfercmd(command, rest=start or None)
            except ftplib.error_perm as error:
                if not start or str(error).startswith(_GONE):
                    raise
                start, channel = 0, self._ftp.transfercmd(command)
        try:
            yield Fetched(start, self._pieces(channel))
        finally:
            channel.close()

    def is_same(self, file: RemoteFile) -> bool:
        """Look at the file once more."""
        return any(
            each.version == file.version for each in self.files({}) if each.name == file.name
        )

    def put_away(self, file: RemoteFile, name: str | None) -> None:
        """Move or delete the file; one that is gone already is fine."""
        with self._told():
            try:
                if name is None or self._place.archive is None:
                    self._ftp.delete(str(self._folder / file.name))
                else:
                    target = self._folder / self._place.archive / name
                    self._ftp.rename(str(self._folder / file.name), str(target))
            except ftplib.error_perm as error:
                if any(each.name == file.name for each in self.files({})):
                    raise _refused(self._place, error) from None

    def _connect(self, password: str | None) -> ftplib.FTP:
        place = self._place
        if place.tls:
            context = ssl.create_default_context(cafile=place.ca)
            secure = ftplib.FTP_TLS(timeout=_TIMEOUT, context=context, encoding="utf-8")  # noqa: S321 - this one is encrypted
            secure.connect(place.host, place.port or 21)
            secure.login(place.user, password or "")
            secure.prot_p()
            return secure
        plain = ftplib.FTP(timeout=_TIMEOUT, encoding="utf-8")  # noqa: S321 - the definition's owner decides; tls: true is there
        plain.connect(place.host, place.port or 21)
        plain.login(place.user, password or "")
        return plain

    def _plain_files(self) -> tuple[RemoteFile, ...]:
        found = []
        for path in self._ftp.nlst(str(self._folder)):
            name = PurePosixPath(path).name
            try:
                self._ftp.voidcmd("TYPE I")
                size = self._ftp.size(str(self._folder / name))
                told = self._ftp.sendcmd(f"MDTM {self._folder / name}").partition(" ")[2]
            except ftplib.error_perm:
                continue  # a folder, or a server that says nothing about it
            found.append(_file(name, size, told))
        return tuple(found)

    def _pieces(self, channel: "ftplib.socket") -> Iterator[bytes]:  # type: ignore[name-defined]
        with self._told():
            while piece := channel.recv(_CHUNK):
                yield piece
            channel.close()
            # After the last byte the answer is there at once, or the line is broken.
            if self._ftp.sock is not None:
                self._ftp.sock.settimeout(_ANSWER)
            self._ftp.voidresp()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what the library raises into Problems without the server's own words."""
        try:
            yield
        except ssl.SSLCertVerificationError:
            raise SourceDenied(
                t("The certificate of {place} is not trusted.", place=self._place.host),
                fix=t("Name the file of its certificate authority in ca."),
            ) from None
        except ftplib.error_perm as error:
            raise _refused(self._place, error) from None
        except UnicodeDecodeError:
            place = self._place.host
            raise SourceUnfit(
                t("{place} writes names of files in another encoding than UTF-8.", place=place),
                fix=t("Ask who runs the server."),
            ) from None
        except _LOST as error:
            kind = type(error).__name__
            raise unreachable(
                self._place.host, t("the connection was lost or refused ({code})", code=kind)
            ) from None


def _file(name: str, size: int | None, modify: str | None) -> RemoteFile:
    try:
        told = (modify or "").partition(".")[0]
        modified = datetime.strptime(told, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        modified = None
    version = None if size is None and modified is None else f"{size}:{modify or ''}"
    return RemoteFile(PurePosixPath(name).name, version, size, modified)


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() else None


def _refused(place: FilePlace, error: ftplib.error_perm) -> Problem:
    code = str(error)[:3]
    if code == _NOT_LOGGED_IN:
        return SourceDenied(
            t("{place} refuses the account {user}.", place=place.host, user=place.user),
            fix=t("Check name, secret and rights."),
        )
    if code == _GONE:
        return SourceChanging(
            t("{place} has no such file or folder, or it may not be read.", place=place.host),
            fix=t("Check the path and the rights of the account."),
        )
    return SourceUnfit(
        t("{place} answered with an error ({code}).", place=place.host, code=code),
        fix=t("The server's own log says more about it."),
    )
