"""One byte string per value, so that hashes and signatures can be checked by anyone."""

import hashlib
import json

from tinhdata.kernel.json import JSON


def canonical_json(value: JSON) -> bytes:
    """Give `value` as JSON in UTF-8: sorted keys, no blanks, no escapes that are not needed.

    The form of RFC 8785 for the values used here: strings, booleans, null and integers. Floats are
    refused (ValueError), since their shortest form differs between languages.
    """
    _refuse_floats(value)
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def sha256_hex(data: bytes) -> str:
    """Give the SHA-256 of `data` in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _refuse_floats(value: JSON) -> None:
    if isinstance(value, float):
        raise ValueError("canonical JSON here holds no floats")
    if isinstance(value, dict):
        for item in value.values():
            _refuse_floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_floats(item)
