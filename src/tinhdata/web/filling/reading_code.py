"""Code that reads the rows in the programs people use, filled with the filter of the page. Pure."""

from collections.abc import Sequence

from tinhdata.web.contexts.portal import Snippet
from tinhdata.web.filling.addresses import with_query

API = "/api/v1"


def reading_code(
    dataset: str, site: str, pairs: Sequence[tuple[str, str]], *, on_map: bool, ckan: bool
) -> tuple[Snippet, ...]:
    """Give code that reads the rows that `pairs` choose; only rows with a place go to QGIS as one.

    `ckan` says whether the dataset is a package of the CKAN interface.
    """
    base = f"{site}{API}/datasets/{dataset}/rows"
    csv, parquet = with_query(f"{base}.csv", pairs), with_query(f"{base}.parquet", pairs)
    layer = with_query(f"{base}.geojson", pairs)
    found = [
        Snippet("curl", "bash", f"curl --fail --output {dataset}.csv \\\n  '{_shell(csv)}'"),
        Snippet(
            "Python (pandas)",
            "python",
            f'import pandas as pd\n\nrows = pd.read_csv(\n    "{csv}"\n)\nprint(rows.describe())',
        ),
        Snippet("R", "r", f'rows <- read.csv(\n  "{csv}",\n  encoding = "UTF-8"\n)\nsummary(rows)'),
        Snippet(
            "Excel (Power Query)",
            "m",
            "let\n"
            f'  Source = Csv.Document(Web.Contents("{csv}"),\n'
            '    [Delimiter = ",", Encoding = 65001, QuoteStyle = QuoteStyle.Csv]),\n'
            "  Rows = Table.PromoteHeaders(Source, [PromoteAllScalars = true])\n"
            "in\n  Rows",
        ),
        Snippet("QGIS (Python)", "python", _qgis(dataset, layer if on_map else csv, on_map)),
        Snippet("DuckDB", "sql", f"FROM '{parquet}' LIMIT 10;"),
        Snippet(
            "REST (JSON)", "bash", f"curl '{_shell(with_query(base, [*pairs, ('limit', '100')]))}'"
        ),
    ]
    if ckan:
        address = f"{site}/api/3/action/package_show?id={dataset}"
        found.append(Snippet("CKAN", "bash", f"curl '{address}'"))
    return tuple(found)


def _qgis(dataset: str, address: str, on_map: bool) -> str:
    source = f"/vsicurl/{address}" if on_map else f"{address}"
    provider = "ogr" if on_map else "delimitedtext"
    return (
        f'layer = QgsVectorLayer(\n    "{source}",\n    "{dataset}", "{provider}"\n)\n'
        "QgsProject.instance().addMapLayer(layer)"
    )


def _shell(address: str) -> str:
    """Write an address between single quotes of a shell."""
    return address.replace("'", "%27")
