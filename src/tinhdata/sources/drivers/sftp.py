"""An SFTP server whose host key is pinned in the definition: no other server is talked to."""

import io
import socket
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import PurePosixPath

from tinhdata.kernel import t
from tinhdata.sources.drivers.remote import Fetched
from tinhdata.sources.errors import (
    DriverMissing,
    SecretMissing,
    SourceChanging,
    SourceDenied,
    unreachable,
)
from tinhdata.sources.model import FilePlace, RemoteFile, SourceKind, TakenFile

try:
    import paramiko
except ImportError:  # the extra `sftp` is not installed
    paramiko = None

_TIMEOUT = 60
_CHUNK = 1 << 15
_RSA = ("rsa-sha2-512", "rsa-sha2-256")


class SFTP:
    """A session with one server, in the folder of the source."""

    def __init__(self, place: FilePlace, password: str | None, key: str | None) -> None:
        if paramiko is None:
            raise DriverMissing(SourceKind.SFTP.value, "sftp")
        self._place = place
        self._folder = PurePosixPath(place.path)
        self._transport: paramiko.Transport | None = None
        with self._told():
            try:
                self._sftp = self._connect(password, key)
            except BaseException:
                self.close()
                raise

    def close(self) -> None:
        """End the session."""
        if self._transport is not None:
            self._transport.close()

    def files(self, _known: Mapping[str, TakenFile]) -> tuple[RemoteFile, ...]:
        """List the regular files with size and time."""
        with self._told():
            entries = self._sftp.listdir_attr(str(self._folder))
        return tuple(_file(each) for each in entries if stat.S_ISREG(each.st_mode or 0))

    @contextmanager
    def fetch(self, file: RemoteFile, start: int) -> Iterator[Fetched]:
        """Open a file and go on at `start`."""
        with self._told():
            opened = self._sftp.open(str(self._folder / file.name), "rb")
            opened.seek(start)
            opened.prefetch(file.size)
        try:
            yield Fetched(start, self._pieces(opened))
        finally:
            # A server that is gone cannot confirm the end.
            self._sftp.get_channel().settimeout(1)
            opened.close()

    def is_same(self, file: RemoteFile) -> bool:
        """Look at the file once more."""
        with self._told():
            found = self._sftp.stat(str(self._folder / file.name))
        return _version(found) == file.version

    def put_away(self, file: RemoteFile, name: str | None) -> None:
        """Move or delete the file; one that is gone already is fine."""
        path = str(self._folder / file.name)
        with self._told():
            try:
                if name is None or self._place.archive is None:
                    self._sftp.remove(path)
                else:
                    self._sftp.rename(path, str(self._folder / self._place.archive / name))
            except FileNotFoundError:
                return

    def _connect(self, password: str | None, key: str | None) -> "paramiko.SFTPClient":
        place = self._place
        line = socket.create_connection((place.host, place.port or 22), timeout=_TIMEOUT)
        transport = self._transport = paramiko.Transport(line)
        transport.banner_timeout = transport.auth_timeout = _TIMEOUT
        kind, _, told = (place.host_key or "").partition(" ")
        options = transport.get_security_options()
        options.key_types = _RSA if kind == "ssh-rsa" else (kind,)
        transport.start_client(timeout=_TIMEOUT)
        shown = transport.get_remote_server_key()
        if (shown.get_name(), shown.get_base64()) != (kind, told):
            raise _other_server(place)
        if key is not None:
            transport.auth_publickey(place.user, _private_key(key))
        else:
            transport.auth_password(place.user, password or "")
        client = paramiko.SFTPClient.from_transport(transport)
        client.get_channel().settimeout(_TIMEOUT)
        return client

    def _pieces(self, opened: "paramiko.SFTPFile") -> Iterator[bytes]:
        with self._told():
            while piece := opened.read(_CHUNK):
                yield piece

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what the library raises into Problems without the server's own words."""
        place = self._place
        try:
            yield
        except paramiko.ssh_exception.IncompatiblePeer:
            raise _other_server(place) from None
        except paramiko.AuthenticationException:
            raise SourceDenied(
                t("{place} refuses the account {user}.", place=place.host, user=place.user),
                fix=t("Check name, secret and rights."),
            ) from None
        except PermissionError:
            raise SourceDenied(
                t("{place} refuses the account {user}.", place=place.host, user=place.user),
                fix=t("Check name, secret and rights."),
            ) from None
        except FileNotFoundError:
            raise SourceChanging(
                t("{place} has no such file or folder, or it may not be read.", place=place.host),
                fix=t("Check the path and the rights of the account."),
            ) from None
        except (OSError, EOFError, paramiko.SSHException) as error:
            kind = type(error).__name__
            raise unreachable(
                place.host, t("the connection was lost or refused ({code})", code=kind)
            ) from None


def _other_server(place: FilePlace) -> SourceDenied:
    return SourceDenied(
        t("{place} shows another key than the one pinned in the definition.", place=place.host),
        fix=t("Ask who runs the server; if its key was changed, write the new one in host_key."),
    )


def _private_key(text: str) -> "paramiko.PKey":
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(io.StringIO(text))
        except (paramiko.SSHException, ValueError):
            continue
    raise SecretMissing(
        t("The private key cannot be read."),
        fix=t("Use an OpenSSH key without a passphrase: Ed25519, ECDSA or RSA."),
    )


def _version(found: "paramiko.SFTPAttributes") -> str:
    return f"{found.st_size}:{found.st_mtime}"


def _file(found: "paramiko.SFTPAttributes") -> RemoteFile:
    modified = datetime.fromtimestamp(found.st_mtime, UTC) if found.st_mtime else None
    return RemoteFile(str(found.filename), _version(found), found.st_size, modified)
