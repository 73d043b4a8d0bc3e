"""Ids and names in CKAN's form: made from ours, the same on every day and in every installation.

A national portal that gathers from many provinces tells them apart by id, so the pack is part of
it. Pure.
"""

import re
import uuid
from functools import lru_cache

from tinhdata.vietnam import fold

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:tinhdata:ckan")
_UNFIT = re.compile(r"[^a-z0-9_-]+")
_ID_LETTERS = 36


@lru_cache(maxsize=65_536)
def identity(pack: str, kind: str, key: str) -> str:
    """Give the id of a package, an organization, a group or a tag."""
    return str(uuid.uuid5(_NAMESPACE, f"{pack}/{kind}/{key}"))


def resource_identity(package_id: str, form: str) -> str:
    """Give the id of a file of a package: it names the package and the form."""
    return f"{package_id}-{form}"


def parts_of_resource(resource_id: str) -> tuple[str, str]:
    """Give the id of the package and the form that a resource's id names."""
    return resource_id[:_ID_LETTERS], resource_id[_ID_LETTERS + 1 :]


def name_of(text: str) -> str:
    """Give `text` as a name of CKAN: small letters without marks, digits, - and _."""
    return _UNFIT.sub("-", fold(text)).strip("-")
