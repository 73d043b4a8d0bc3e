"""Writes pages: a context and a shell become HTML in the reader's language. Reads no facade."""

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from tinhdata.edge import language as languages
from tinhdata.kernel import Text
from tinhdata.kernel.clock import VIETNAM_TIME
from tinhdata.kernel.text import fill
from tinhdata.web.assets import asset
from tinhdata.web.contexts.shell import Area, Context, Shell, Tone

_TEMPLATES = Path(__file__).parent / "templates"

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
"""What a page may load: only our own files, and nothing written into the page itself."""

FRAMED_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors *; form-action 'none'"
)
"""What a page may load that every other site may frame: no script, no form."""


def render(page: Context, shell: Shell) -> str:
    """Write `page` inside `shell`."""
    template = _environment(shell.language).get_template(page.template)
    return template.render(page=page, shell=shell)


def render_part(template: str, shell: Shell, **values: object) -> str:
    """Write the part of a page that htmx swaps in."""
    return _environment(shell.language).get_template(template).render(shell=shell, **values)


@cache
def _environment(language: str) -> Environment:
    words = _Words(language)
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=words.say,
    )
    environment.globals.update(
        _=words.gettext,
        ngettext=words.ngettext,
        asset=asset,
        Area=Area,
        Tone=Tone,
        language=language,
    )
    environment.filters.update(
        number=words.number,
        say=words.say,
        day=words.day,
        moment=words.moment,
        size=words.size,
        percent=words.percent,
    )
    return environment


class _Words:
    """Sentences, numbers and dates of one language."""

    def __init__(self, language: str) -> None:
        self._language = language

    def gettext(self, msgid: str, /, **values: object) -> Markup:
        """Give the translated sentence; its values are written in this language and escaped."""
        sentence = languages.translations(self._language).gettext(msgid)
        return self._fill(sentence, values)

    def ngettext(self, one: str, many: str, n: int, /, **values: object) -> Markup:
        """Give the translated sentence for `n` of something."""
        sentence = languages.translations(self._language).ngettext(one, many, n)
        return self._fill(sentence, {"n": n, **values})

    def say(self, value: object) -> object:
        """Translate a Text; leave everything else as it is."""
        return languages.say(value, self._language) if isinstance(value, Text) else value

    def number(self, value: float, decimals: int | None = None) -> str:
        return languages.number(value, self._language, decimals)

    def percent(self, part: float, whole: float) -> str:
        """Write part of whole as a percentage that never rounds up to a full hundred."""
        share = 100 * part / whole
        if part < whole:
            share = min(share, 99.9)
        return f"{self.number(round(share, 1))} %"

    def day(self, value: date) -> str:
        return languages.day_text(self._local(value), self._language)

    def moment(self, value: datetime) -> str:
        return languages.moment_text(value, self._language)

    def size(self, value: int) -> str:
        return languages.size_text(value, self._language)

    def _fill(self, sentence: str, values: dict[str, object]) -> Markup:
        written = {name: str(escape(self._written(value))) for name, value in values.items()}
        return Markup(fill(str(escape(sentence)), written))  # noqa: S704 - both are escaped

    def _written(self, value: object) -> object:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self.number(value)
        return self.say(value)

    @staticmethod
    def _local(value: date) -> date:
        if isinstance(value, datetime):
            aware = value if value.tzinfo else value.replace(tzinfo=UTC)
            return aware.astimezone(VIETNAM_TIME)
        return value
