"""A data contract as a file to read: the registered document, written as YAML. Pure."""

import json

import yaml


def contract_yaml(canonical: bytes) -> str:
    """Write the canonical document (JSON) as YAML; its content, and so its meaning, is the same."""
    return yaml.safe_dump(
        json.loads(canonical), allow_unicode=True, sort_keys=False, width=100, indent=2
    )
