"""Options that several commands share."""

from typing import Annotated, TypeAlias

import typer

from tinhdata.kernel import t

AsJSON: TypeAlias = Annotated[
    bool, typer.Option("--json", help=str(t("Write one JSON document for scripts.")))
]
As: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="LOGIN",
        help=str(
            t("Login name of the person who acts. Without it: as anyone who is not signed in.")
        ),
    ),
]
