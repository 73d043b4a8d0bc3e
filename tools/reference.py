"""Writes docs/reference/*.md from the code, so that no page can say what the code does not.

`pages()` gives every page; run as a program it writes them. A test compares.
"""

import ast
import dataclasses
import importlib
import inspect
import itertools
import pkgutil
import re
import sys
import tempfile
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from pathlib import Path

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

import tinhdata
from tinhdata.app import create_app
from tinhdata.bootstrap import Platform, open_platform
from tinhdata.cli import MEANINGS, RESULTS, children, command, exit_of
from tinhdata.contracts import reference_page
from tinhdata.edge.problems import STATUSES
from tinhdata.kernel import Problem
from tinhdata.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
NOTICE = (
    "<!-- Written by tools/reference.py (`make docs`); a test compares. Do not edit by hand. -->"
)

_FORMS = {"INT": "NUMBER", "LIST": "NUMBER", "ITEMSTATE": "STATE"}
_FIELD_TYPES = (
    ("`id`", "an identifier such as `dlv_…`; persons appear as keyed tokens"),
    ("`code`", "a slug, agency code, version or rule: no blanks"),
    ("`hash`", "SHA-256 in hexadecimal"),
    ("`int`, `bool`", "a number, yes or no"),
    ("`date`, `moment`", "ISO 8601"),
    ("`…[]`", "a list of such values"),
    ("`…?`", "may be absent or null"),
)


def pages() -> Mapping[str, str]:
    """Give every page of docs/reference by its file name."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            store=Path(folder) / "store",
            database_url=None,
            catalog_url=None,
            pack=next(iter(sorted((ROOT / "packs").iterdir()))),
        )
        platform = open_platform(settings)
        try:
            return {
                "cli.md": cli_page(),
                "contracts.md": reference_page(),
                "events.md": events_page(platform),
                "problems.md": problems_page(),
                "routes.md": routes_page(create_app(platform)),
                "settings.md": settings_page(),
            }
        finally:
            platform.close()


# --- the command line


def cli_page() -> str:
    """Give docs/reference/cli.md."""
    lines = [
        "# Command line",
        "",
        NOTICE,
        "",
        "Help, results and messages are in the language of `TINHDATA_LANGUAGE`. Results go to",
        "standard output, progress and problems to standard error. With `--json` standard output",
        'holds exactly one JSON document; where the command fails it is `{"problem": {"code",',
        '"text", "fix", "where", "findings"}}`. Keys and codes are stable, texts are not. Only a',
        "command or setting that there is not (exit code 2) is told on standard error alone.",
        "",
        "## Who acts",
        "",
        "A command that reads or changes data acts as the person named by `--as LOGIN`, under the",
        "same policy as pages and API; without it as anyone who is not signed in. No password is",
        "asked: whoever may run the command may read the key files of the store, and could do",
        "anything there. So keep the store readable by one user only (`tinhdata doctor` checks",
        "that), and let others work through pages and API. `init`, `pack load`, `serve`, `worker`",
        "and `doctor` run the platform itself and name no person.",
        "",
        "## Exit codes",
        "",
        *_table(("Code", "Meaning"), ((str(int(c)), text) for c, text in MEANINGS.items())),
        "",
        "`deliver` ends with 0 only if every row passed; with 6 if rows wait in quarantine or the",
        "delivery is held; with 5 if the file could not be read or a choice is needed.",
    ]
    for name, leaf in leaves(command("en")):
        lines += ["", f"## tinhdata {name}", "", *_command(name, leaf)]
    return _page(lines)


def leaves(group: TyperGroup, prefix: str = "") -> Iterator[tuple[str, TyperCommand]]:
    """Give every command below `group` with its whole name."""
    for name, child in children(group).items():
        if isinstance(child, TyperGroup):
            yield from leaves(child, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", child


def _command(name: str, leaf: TyperCommand) -> Iterator[str]:
    yield from (leaf.help or "", "")
    arguments = [param for param in leaf.params if isinstance(param, TyperArgument)]
    options = [param for param in leaf.params if isinstance(param, TyperOption)]
    written = " ".join(_argument(argument) for argument in arguments)
    yield f"`{' '.join(filter(None, ('tinhdata', name, '[OPTIONS]', written)))}`"
    yield ""
    rows = [(f"`{_argument(argument)}`", argument.help or "") for argument in arguments]
    rows += [(f"`{_option(option)}`", _said(option)) for option in options]
    yield from _table(("Argument or option", "Meaning"), rows)
    yield from ("", "With `--json`:", "")
    yield from _table(("Key", "Value"), _keys(RESULTS[name]))


def _argument(argument: TyperArgument) -> str:
    name = (argument.name or "").upper()
    several = "..." if argument.nargs == -1 else ""
    return f"{name}{several}" if argument.required else f"[{name}{several}]"


def _option(option: TyperOption) -> str:
    name = next(opt for opt in option.opts if opt.startswith("--"))
    if option.is_flag:
        return name
    annotation = option.type_descriptor.annotation
    shown = "TEXT" if annotation is str else getattr(annotation, "__name__", "VALUE").upper()
    return f"{name} {option.metavar or _FORMS.get(shown, shown)}"


def _said(option: TyperOption) -> str:
    default = option.default
    kind = option.type_descriptor.annotation
    choices = list(kind) if isinstance(kind, type) and issubclass(kind, Enum) else []
    parts = [option.help or ""]
    if choices:
        parts.append("One of " + ", ".join(f"`{choice.value}`" for choice in choices) + ".")
    if option.required:
        parts.append("*Required.*")
    elif default not in (None, False, "", ()) and not callable(default):
        parts.append(f"Default `{getattr(default, 'value', default)}`.")
    return " ".join(parts)


def _keys(result: type, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Give the keys of a result; those of values within it after a dot."""
    hints = typing.get_type_hints(result)
    for field in dataclasses.fields(typing.cast("type[typing.Any]", result)):
        hint = hints[field.name]
        name = f"{prefix}{field.name}"
        yield f"`{name}`", _type(hint)
        for inner in _dataclasses_in(hint):
            is_list = any(_is_list(part) for part in (hint, *typing.get_args(hint)))
            yield from _keys(inner, f"{name}[]." if is_list else f"{name}.")


def _type(hint: object) -> str:
    arguments = typing.get_args(hint)
    if isinstance(hint, types.UnionType):
        return " or ".join(_type(part) for part in arguments)
    if _is_list(hint):
        return f"list of {_type(arguments[0])}"
    if typing.get_origin(hint) is not None:
        return f"object: {_type(arguments[1])} by {_type(arguments[0])}"
    names = {
        "NoneType": "null", "str": "text", "Text": "text in the language", "Path": "path",
        "int": "number", "float": "number", "bool": "true or false", "datetime": "moment",
    }  # fmt: skip
    name = getattr(hint, "__name__", str(hint))
    return names.get(name, "object" if dataclasses.is_dataclass(hint) else "text")


def _is_list(hint: object) -> bool:
    return typing.get_origin(hint) is tuple


def _dataclasses_in(hint: object) -> Iterator[type]:
    if isinstance(hint, type) and dataclasses.is_dataclass(hint) and hint.__name__ != "Text":
        yield hint
    for part in typing.get_args(hint):
        yield from _dataclasses_in(part)


# --- settings


def settings_page() -> str:
    """Give docs/reference/settings.md."""
    docs = _attribute_docs(Settings)
    rows = [
        (
            f"`TINHDATA_{name.upper()}`",
            _annotation(field.annotation),
            "none" if field.default is None else f"`{_plain(field.default)}`",
            docs[name],
        )
        for name, field in Settings.model_fields.items()
    ]
    return _page(
        [
            "# Settings",
            "",
            NOTICE,
            "",
            "Read once from the environment when the program starts; nothing else reads it. A",
            "value that does not fit ends the program with exit code 2 and names the variable.",
            "",
            *_table(("Variable", "Type", "Default", "Meaning"), rows),
        ]
    )


def _attribute_docs(cls: type) -> Mapping[str, str]:
    """Give the text below each attribute of `cls`; raises KeyError later for one without."""
    body = typing.cast("ast.ClassDef", ast.parse(inspect.getsource(cls)).body[0]).body
    return {
        node.target.id: " ".join(str(text.value.value).split())
        for node, text in itertools.pairwise(body)
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
    }


def _annotation(annotation: object) -> str:
    if typing.get_origin(annotation) is typing.Literal:
        return " or ".join(f"`{word}`" for word in typing.get_args(annotation))
    parts = [part for part in typing.get_args(annotation) if part is not types.NoneType]
    name = getattr(parts[0] if parts else annotation, "__name__", str(annotation))
    named = {"str": "text", "SecretStr": "secret", "int": "number", "Path": "path"}
    return {**named, "bool": "`true` or `false`"}[name]


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


# --- routes


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Served:
    """A path that the app answers, and what it does."""

    path: str
    methods: tuple[str, ...]
    meaning: str
    module: str

    @property
    def row(self) -> tuple[str, str, str]:
        """Give the line of the table."""
        return ", ".join(self.methods), f"`{self.path}`", self.meaning


def routes_page(app: FastAPI) -> str:
    """Give docs/reference/routes.md."""
    served = routes(app)
    api = [each for each in served if each.path.startswith("/api/")]
    portal = [each for each in served if each.module.startswith("tinhdata.web.")]
    others = [each for each in served if each not in api and each not in portal]
    lines = [
        "# Routes",
        "",
        NOTICE,
        "",
        "The API describes itself, with parameters and answers, at `/api/openapi.json`.",
    ]
    for title, part in (("API", api), ("Pages", portal), ("Others", others)):
        table = _table(("Method", "Path", "What it does"), [each.row for each in part])
        lines += ["", f"## {title}", "", *table]
    return _page(lines)


def routes(app: FastAPI) -> tuple[Served, ...]:
    """Give every route of the app, by path and method."""
    found = []
    for route in iter_route_contexts(app.routes):
        methods = tuple(sorted((route.methods or set()) - {"HEAD"})) or ("HEAD",)
        endpoint = route.endpoint
        meaning = _first_line(endpoint)
        if route.path == app.openapi_url:
            meaning = "The description of the API (OpenAPI 3.1)."
        found.append(
            Served(route.path or "", methods, meaning, getattr(endpoint, "__module__", ""))
        )
    return tuple(sorted(found))


def _first_line(thing: object) -> str:
    return (inspect.getdoc(thing) or "").partition("\n")[0]


# --- events


def events_page(platform: Platform) -> str:
    """Give docs/reference/events.md."""
    lines = [
        "# Journal events",
        "",
        NOTICE,
        "",
        "Each entry has a number, a moment, the kind, the actor, the subject and the fields below.",
        "A value of a cell, a name or free text never stands in one.",
        "",
        *_table(("Type of a field", "Meaning"), _FIELD_TYPES),
    ]
    owner = ""
    for kind in sorted(platform.journal.kinds, key=lambda kind: (kind.owner, kind.name)):
        if kind.owner != owner:
            owner = kind.owner
            lines += ["", f"## {owner}", "", "| Kind | Fields |", "|---|---|"]
        fields = ", ".join(f"`{name}`: {form}" for name, form in kind.fields.items())
        lines.append(f"| `{kind.name}` | {fields or '—'} |")
    return _page(lines)


# --- problems


def problems_page() -> str:
    """Give docs/reference/problems.md."""
    rows = [
        (
            f"`{problem.code}`",
            str(STATUSES[problem.code]) if problem.code in STATUSES else "—",
            str(int(exit_of(problem))),
            _first_line(problem),
        )
        for problem in problems()
    ]
    return _page(
        [
            "# Problems",
            "",
            NOTICE,
            "",
            "Whatever cannot be done is said as a problem: a stable code, a sentence, how to mend",
            "it and, where there is one, the place. The API answers `application/problem+json`",
            "(RFC 9457) with the HTTP status; the command line ends with the exit code. A problem",
            "without a status is met on the command line only.",
            "",
            *_table(("Code", "HTTP status", "Exit code", "Meaning"), rows),
        ]
    )


def problems() -> tuple[type[Problem], ...]:
    """Give every kind of problem there is, by code."""
    for module in pkgutil.walk_packages(tinhdata.__path__, "tinhdata."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found = {kind.code: kind for kind in sorted(_below(Problem), key=lambda kind: kind.__name__)}
    return tuple(found[code] for code in sorted(found))


def _below(kind: type[Problem]) -> Iterator[type[Problem]]:
    yield kind
    for each in kind.__subclasses__():
        if each.__module__.startswith("tinhdata."):
            yield from _below(each)


# --- Markdown


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    heads = tuple(heads)
    yield "| " + " | ".join(heads) + " |"
    yield "|" + "---|" * len(heads)
    for row in rows:
        yield "| " + " | ".join(re.sub(r"\|", r"\\|", cell) for cell in row) + " |"


def _page(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write every page that differs; say which."""
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        path = REFERENCE / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"wrote docs/reference/{name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
