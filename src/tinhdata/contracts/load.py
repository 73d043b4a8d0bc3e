"""From the bytes of a contract file to a `LoadedContract`, or to all that is wrong with them."""

import json
from collections.abc import Mapping

from tinhdata.contracts.build import build
from tinhdata.contracts.errors import ContractInvalid
from tinhdata.contracts.lint import lint
from tinhdata.contracts.model import LoadedContract
from tinhdata.contracts.part import Part
from tinhdata.contracts.place import Findings, Path
from tinhdata.contracts.reader import Unreadable, read_yaml
from tinhdata.contracts.shapes import to_document
from tinhdata.contracts.standard import check_document, check_names
from tinhdata.kernel import JSONObject, sha256_hex, t


def load_contract(data: bytes, source: str) -> LoadedContract:
    """Read the contract in `data`, a YAML file that findings call `source`.

    Raises ContractInvalid with every fault found, each with `source:line` and how to mend it.
    """
    lines: dict[Path, int] = {}
    findings = Findings(source, lines)
    try:
        node = read_yaml(data, source)
    except Unreadable as fault:
        raise ContractInvalid(source, (fault.finding,)) from None
    document = to_document(node, findings, lines)
    if not isinstance(document, Mapping):
        findings.add(
            (),
            "not-a-contract",
            t("The file does not hold keys and values."),
            t("Begin with apiVersion: v3.1.0 and kind: DataContract."),
        )
        raise ContractInvalid(source, findings.in_order())
    check_document(document, findings)
    check_names(document, findings)
    _stop_at_errors(findings)
    contract = build(document)
    lint(Part(document), contract, findings)
    _stop_at_errors(findings)
    canonical = canonical_document(document)
    return LoadedContract(contract, document, canonical, sha256_hex(canonical), findings.in_order())


def restore_contract(canonical: bytes) -> LoadedContract:
    """Give back what `load_contract` made of a contract whose canonical bytes were kept.

    It was checked when it was loaded; rules that came later do not apply to it.
    """
    document = json.loads(canonical)
    if not isinstance(document, dict):
        raise ValueError("not the canonical bytes of a contract")
    return LoadedContract(build(document), document, canonical, sha256_hex(canonical))


def canonical_document(document: JSONObject) -> bytes:
    """Give `document` in the form of RFC 8785, the same for every layout of its file.

    Numbers are whole, or have at most 15 digits and a shortest form without exponent: the loader
    reads no others.
    """
    return json.dumps(
        document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def _stop_at_errors(findings: Findings) -> None:
    if findings.has_errors:
        raise ContractInvalid(findings.source, findings.in_order())
