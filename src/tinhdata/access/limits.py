"""The limits of sign-in: forms of logins and passwords, pauses, how long a session lives. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from tinhdata.access.errors import AccountInvalid
from tinhdata.kernel import t

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,62}[a-z0-9]", re.ASCII)
_LONGEST_PASSWORD = 1_000


@dataclass(frozen=True, slots=True)
class SignInLimits:
    """What a deployment may set about sign-in.

    More tries are left to an address than to a login, since a whole agency stands behind one.
    """

    idle: timedelta = timedelta(minutes=30)
    """A session unused for this long is over."""
    absolute: timedelta = timedelta(hours=8)
    """Any session is over after this long."""
    tries_per_login: int = 5
    tries_per_address: int = 20
    first_pause: timedelta = timedelta(seconds=5)
    longest_pause: timedelta = timedelta(minutes=15)
    forgotten_after: timedelta = timedelta(hours=24)
    """Wrong tries are forgotten after this long without another one."""
    shortest_password: int = 10


def normal_login(login: str) -> str:
    """Give `login` in the one form that is stored and compared."""
    return unicodedata.normalize("NFKC", login).strip().casefold()


def normal_password(password: str) -> str:
    """Give `password` in one form: keyboards write Vietnamese letters composed or decomposed."""
    return unicodedata.normalize("NFKC", password)


def check_login(login: str) -> None:
    """Refuse a login name that is not plain (AccountInvalid)."""
    if not _LOGIN.fullmatch(login):
        raise AccountInvalid(
            t("A login name has 3 to 64 letters without marks, digits, dots or hyphens."),
            fix=t("Choose a name such as {example}.", example="nguyen.van.a"),
            where="login",
        )


def check_password(login: str, password: str, limits: SignInLimits) -> None:
    """Refuse a password that is too short, far too long, or the login itself (AccountInvalid)."""
    if not limits.shortest_password <= len(password) <= _LONGEST_PASSWORD:
        raise AccountInvalid(
            t("A password has at least {count} characters.", count=limits.shortest_password),
            fix=t("Choose a longer one, for example a short sentence."),
            where="password",
        )
    if normal_login(login) in normal_login(password):
        raise AccountInvalid(
            t("The password contains the login name."),
            fix=t("Choose a different password."),
            where="password",
        )


def pause_after(failures: int, tries: int, limits: SignInLimits) -> timedelta:
    """Give the pause after `failures` wrong tries: none below `tries`, then doubled each time."""
    if failures < tries:
        return timedelta(0)
    return min(limits.first_pause * (1 << min(failures - tries, 20)), limits.longest_pause)


def session_ends(opened: datetime, seen: datetime, limits: SignInLimits) -> datetime:
    """Give when a session opened at `opened` and last used at `seen` is over."""
    return min(seen + limits.idle, opened + limits.absolute)
