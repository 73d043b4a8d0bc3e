"""Passwords and tokens: slow hashes for what people think of, fast ones for what we draw."""

import hashlib
import hmac
import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tinhdata.access.limits import normal_password

_KEY_MARK = "tdk"
_KEY_ID_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"


class Passwords:
    """argon2id with 19 MiB, two passes, one lane (OWASP's first choice), two at a time.

    Unlimited parallel sign-ins would take all memory and processors of a small server.
    """

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._slots = threading.BoundedSemaphore(2)
        self._nobody = self.hash(secrets.token_urlsafe(16))

    def hash(self, password: str) -> str:
        """Give the hash of `password`, with its salt and parameters."""
        with self._slots:
            return self._hasher.hash(normal_password(password))

    def matches(self, stored: str | None, password: str) -> bool:
        """Say whether `password` is that of the hash `stored`.

        Without a hash it takes as long and says no, so that time does not tell who has an account.
        """
        with self._slots:
            try:
                self._hasher.verify(stored or self._nobody, normal_password(password))
            except (VerificationError, InvalidHashError):
                return False
        return stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Say whether `stored` was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)


def new_token() -> str:
    """Draw 256 random bits as text."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """Give the SHA-256 of `token`; with 256 random bits in it a slow hash adds nothing."""
    return hashlib.sha256(token.encode()).digest()


def keyed(secret: bytes, purpose: str, value: str) -> bytes:
    """Give the HMAC-SHA256 of `value` for one purpose only."""
    return hmac.new(secret, f"{purpose}\0{value}".encode(), hashlib.sha256).digest()


def new_source_key() -> tuple[str, str]:
    """Draw a source key: its public id of eight letters and the whole secret."""
    key_id = "".join(secrets.choice(_KEY_ID_LETTERS) for _ in range(8))
    return key_id, f"{_KEY_MARK}_{key_id}_{new_token()}"


def source_key_id(secret: str) -> str | None:
    """Give the public id inside `secret`, None where it has not the form of a source key."""
    mark, _, rest = secret.partition("_")
    key_id, underscore, drawn = rest.partition("_")
    well_formed = mark == _KEY_MARK and len(key_id) == 8 and underscore and drawn
    return key_id if well_formed else None


def same(one: bytes, other: bytes) -> bool:
    """Compare without telling by time where they differ."""
    return hmac.compare_digest(one, other)
