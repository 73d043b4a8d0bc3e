"""The one frozen settings value and the only reader of the environment."""

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def _listed(value: object) -> object:
    """Read a list as people write one: its parts with commas between."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


class Settings(BaseSettings):
    """Where things lie and what they may use; each field is `TINHDATA_<NAME>` outside."""

    model_config = SettingsConfigDict(env_prefix="TINHDATA_", frozen=True)

    store: Path = Path("var/store")
    """Folder of everything kept: databases, landed bytes, releases, quarantine, keys."""
    database_url: str | None = None
    """Metadata database; by default an SQLite file in the store."""
    catalog_url: str | None = None
    """Iceberg's own catalog database; by default an SQLite file in the store."""
    pack: Path = Path("packs/thai-nguyen")
    """Folder of the province's pack."""
    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = 8000
    """Port to listen on."""
    public_url: str | None = None
    """Address under which people reach the portal, where it stands behind a proxy."""
    secure_cookies: bool = False
    """Whether cookies are sent over TLS only; set it wherever the portal is reached by https."""
    memory_mb: int = 350
    """Memory limit of one DuckDB connection that checks or releases, in MiB."""
    threads: int = 2
    """Threads of one DuckDB connection."""
    open_files: Path | None = None
    """Folder of full files of open releases; by default one in the store."""
    open_files_kept: int = 3
    """Of how many releases of a dataset, the newest ones, full files are kept."""
    accel_redirect: str | None = None
    """Address below which nginx in front sends full files itself (X-Accel-Redirect)."""
    proxies: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)] = ()
    """Addresses or networks of proxies in front whose X-Forwarded-For is believed, with commas."""
    api_budget: int = Field(default=1_200, ge=0)
    """Requests a minute to the interface from one address, twice as many at once; 0: no limit."""
    api_key_budget: int = Field(default=6_000, ge=0)
    """Requests a minute with one source key, twice as many at once; 0: no limit."""
    upload_limit_mb: int = 512
    """Largest file accepted, in MiB."""
    cache_rows: int = 50_000
    """Least rows of a release that also gets a database file for quick reading; 0 for none."""
    workers: int = 1
    """Worker threads inside `serve`."""
    language: Literal["vi", "en"] = "vi"
    """Language of pages and terminal where the person has not chosen: vi or en."""
    demo: bool = False
    """Whether the demo accounts are made and the pack's contracts approved by the actor `pack`."""
    source_private_hosts: Annotated[frozenset[str], NoDecode, BeforeValidator(_listed)] = (
        frozenset()
    )
    """Hosts of inner networks that pulled web sources may reach, with commas between; no others."""
    source_folders: Annotated[tuple[Path, ...], NoDecode, BeforeValidator(_listed)] = ()
    """Folders below which watched folders of sources may lie, with commas between."""
    mail_host: str | None = None
    """Server that mails are handed to; without one nobody can follow by mail."""
    mail_port: int = 587
    """Port of the mail server."""
    mail_sender: str = "tinhdata@localhost"
    """Address that mails come from, perhaps with a name: Dữ liệu mở <dulieu@example.vn>."""
    mail_tls: Literal["starttls", "tls", "none"] = "starttls"
    """How the way to the mail server is encrypted: starttls, tls or none."""
    mail_user: str | None = None
    """Name to sign in to the mail server with."""
    mail_password: SecretStr | None = None
    """Secret of that name."""
    webhook_private_hosts: Annotated[frozenset[str], NoDecode, BeforeValidator(_listed)] = (
        frozenset()
    )
    """Hosts of inner networks that webhooks may call, with commas between; no others."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Least level of log lines: debug, info, warning or error."""

    @property
    def metadata_url(self) -> str:
        """Give the URL of the metadata database."""
        return self.database_url or f"sqlite:///{self.store / 'tinhdata.db'}"

    @property
    def iceberg_url(self) -> str:
        """Give the URL of Iceberg's catalog database."""
        return self.catalog_url or f"sqlite:///{self.store / 'iceberg.db'}"


def environment_secret(name: str) -> str | None:
    """Give the secret that the environment holds under `name`; None where it holds none."""
    return os.environ.get(name)
