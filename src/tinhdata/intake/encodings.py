"""How the bytes of a text file become letters: found by content, or as declared or chosen.

Knows files and codecs; how old Vietnamese letters look is known to `vietnam`.
"""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from charset_normalizer import from_bytes

from tinhdata.intake.errors import FileRefused
from tinhdata.intake.model import EncodingSeen
from tinhdata.kernel import Text, t
from tinhdata.vietnam import LegacyEncoding, convert, detect

_CHUNK = 1 << 20
_SAMPLE = 1 << 20
_LONGEST_LINE = 16 << 20
_MOST_BAD_BYTES = 10_000
_UNDECODED = re.compile("[\ud800-\udfff]")
_BYTE_BASE = "cp1252"
"""Old Vietnamese encodings are read as these letters first, then converted cell by cell."""

_OFFERED = ("utf-8", "tcvn3", "vni", "windows-1258", "cp1252")


class Encodings(NamedTuple):
    """The encoding to read with, the others a person may choose, and what was noticed."""

    seen: EncodingSeen
    others: tuple[EncodingSeen, ...]
    notes: tuple[Text, ...]


def find_encoding(path: Path, declared: str | None, chosen: str | None) -> Encodings:
    """Say how the text file at `path` is encoded.

    A person's choice wins, then what the contract declares, then the byte order mark, then UTF-8 if
    the whole file is (but for single bad lines), then the old Vietnamese encodings. Raises
    FileRefused where the chosen encoding is unknown.
    """
    with path.open("rb") as file:
        sample = _whole_lines(file.read(_SAMPLE))
    if chosen:
        seen = _named(chosen, sample)
        if seen is None:
            raise FileRefused(
                "encoding",
                t("The encoding “{encoding}” is not known.", encoding=chosen),
                t("Choose one of the encodings offered."),
            )
        return Encodings(seen, _others(sample, seen), ())
    notes: tuple[Text, ...] = ()
    found = _named(declared, sample) if declared else None
    if found is None:
        found, notes = _detected(path, sample)
    return Encodings(_with_sample(found, sample), _others(sample, found), notes)


def unicode_codec(path: Path) -> str:
    """Say in which form of Unicode the file is, by its mark or its zero bytes; UTF-8 otherwise."""
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return _without_mark(head) or "utf-8-sig"


def _whole_lines(data: bytes) -> bytes:
    cut = max(data.rfind(b"\n"), data.rfind(b"\r"))
    return data[: cut + 1] if len(data) == _SAMPLE and cut > 0 else data


def _named(name: str, sample: bytes) -> EncodingSeen | None:
    key = name.strip().lower().replace("_", "-")
    key = {"tcvn": "tcvn3", "abc": "tcvn3", "cp1258": "windows-1258", "utf8": "utf-8"}.get(key, key)
    if key in set(LegacyEncoding):
        base = "utf-8" if _is_utf8(sample) and not sample.isascii() else _BYTE_BASE
        return _with_sample(EncodingSeen(base, LegacyEncoding(key)), sample)
    try:
        b"a".decode(key, "replace")
        codecs.getincrementaldecoder(key)("surrogateescape").decode(b"a")
    except (LookupError, ValueError):  # unknown, or a codec that does not give text from any bytes
        return None
    name = codecs.lookup(key).name
    plain = "utf-8-sig" if name == "utf-8" and sample.startswith(codecs.BOM_UTF8) else name
    return _with_sample(EncodingSeen(plain), sample)


def _detected(path: Path, sample: bytes) -> tuple[EncodingSeen, tuple[Text, ...]]:
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return EncodingSeen("utf-16"), ()
    if wide := _without_mark(sample):
        return EncodingSeen(wide), ()
    name = "utf-8-sig" if sample.startswith(codecs.BOM_UTF8) else "utf-8"
    good, bad = _count_utf8(path)
    if not bad:
        legacy = detect(sample.decode(name, "replace").splitlines()).encoding if good else None
        return EncodingSeen(name, legacy), ()
    if good >= 4 * bad:
        return EncodingSeen(name), (
            t(
                "{count} bytes of the file are not UTF-8; the lines with them are set aside.",
                count=bad,
            ),
        )
    return _by_bytes(sample), ()


def _by_bytes(sample: bytes) -> EncodingSeen:
    """Choose among encodings of one byte per letter."""
    marked = b"\n".join(_marked_lines(sample)) or sample
    legacy = detect(marked.decode(_BYTE_BASE, "replace").splitlines()).encoding
    if legacy is not None:
        return EncodingSeen(_BYTE_BASE, legacy)
    guess = from_bytes(marked[:50_000]).best()
    return EncodingSeen(guess.encoding if guess is not None else _BYTE_BASE)


def _without_mark(sample: bytes) -> str | None:
    """Recognise UTF-16 without its mark by where the zero bytes stand."""
    head = sample[:4096]
    if len(head) < 8:
        return None
    if head[1::2].count(0) * 3 > len(head) and not head[::2].count(0):
        return "utf-16-le"
    if head[::2].count(0) * 3 > len(head) and not head[1::2].count(0):
        return "utf-16-be"
    return None


def _is_utf8(sample: bytes) -> bool:
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _count_utf8(path: Path) -> tuple[int, int]:
    """Count letters beyond ASCII and bytes that are not UTF-8, up to enough of the latter."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    good = bad = 0
    with path.open("rb") as file:
        while bad < _MOST_BAD_BYTES:
            chunk = file.read(_CHUNK)
            text = decoder.decode(chunk, final=not chunk)
            if not text.isascii():
                broken = len(_UNDECODED.findall(text)) if has_undecoded(text) else 0
                bad += broken
                good += len(text) - len(text.encode("ascii", "ignore")) - broken
            if not chunk:
                break
    return good, bad


def has_undecoded(text: str) -> bool:
    """Say whether bytes stand in `text` that could not be decoded."""
    if text.isascii():
        return False
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _with_sample(seen: EncodingSeen, sample: bytes) -> EncodingSeen:
    is_wide = seen.name.startswith("utf-16")
    data = sample[:400] if is_wide else next(_marked_lines(sample), b"")
    if not data and not is_wide:
        return EncodingSeen(seen.name, seen.legacy)
    line = data.decode(seen.name, "replace").lstrip("\ufeff").partition("\n")[0][:160]
    return EncodingSeen(seen.name, seen.legacy, convert(line, seen.legacy) if seen.legacy else line)


def _marked_lines(sample: bytes) -> Iterator[bytes]:
    """Give the lines that hold letters beyond ASCII."""
    return (line for line in sample.splitlines() if not line.isascii())


def _others(sample: bytes, seen: EncodingSeen) -> tuple[EncodingSeen, ...]:
    if sample.isascii() or seen.name.startswith("utf-16"):
        return ()
    offered = (_named(key, sample) for key in _OFFERED)
    return tuple(
        other
        for other in offered
        if other is not None
        and other.key != seen.key.removesuffix("-sig")
        and other.sample != seen.sample
        and "\ufffd" not in other.sample
    )


def text_blocks(path: Path, codec: str) -> Iterator[str]:
    """Give the text of the file in pieces of whole lines, every line end written as a line feed.

    CR LF, LF and CR end a line. Bytes that cannot be decoded come as lone surrogates (see
    `has_undecoded`), so that only their line is lost. Only the last piece may lack a line end.
    Raises FileRefused where a line is longer than any table has.
    """
    errors = "surrogatepass" if codec.startswith("utf-16") else "surrogateescape"
    decoder = codecs.getincrementaldecoder(codec)(errors)
    rest = ""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            text = rest + decoded(decoder, chunk, final=False)
            cut = max(text.rfind("\n"), text.rfind("\r", 0, len(text) - 1)) + 1
            rest = text[cut:]
            _refuse_long(rest)
            if cut:
                yield _with_line_ends(text[:cut])
    rest += decoded(decoder, b"", final=True)
    if rest:
        yield _with_line_ends(rest)


class Block:
    """A piece of whole lines of a text file, every line end a line feed, as bytes and as text.

    Text whose letters are UTF-8 in the file is decoded only if someone asks for it.
    """

    def __init__(self, *, data: bytes | None = None, text: str | None = None) -> None:
        """Take the piece as bytes in UTF-8, good or bad ones, or as text."""
        self._data = data
        self._text = text

    @property
    def data(self) -> bytes | None:
        """Give the bytes in UTF-8; None where they hold what could not be decoded."""
        if self._data is None and self._text is not None:
            try:
                self._data = self._text.encode()
            except UnicodeEncodeError:
                return None
        return self._data

    @property
    def text(self) -> str:
        """Give the text; bytes that cannot be decoded are lone surrogates in it."""
        if self._text is None:
            self._text = (self._data or b"").decode("utf-8", "surrogateescape")
        return self._text


def blocks(path: Path, codec: str) -> Iterator[Block]:
    """Give the same pieces as `text_blocks`; raises FileRefused as it does."""
    if codec not in ("utf-8", "utf-8-sig"):
        yield from (Block(text=text) for text in text_blocks(path, codec))
        return
    rest = b""
    with path.open("rb") as file:
        if codec == "utf-8-sig" and file.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
            file.seek(0)
        while chunk := file.read(_CHUNK):
            data = rest + chunk
            cut = max(data.rfind(b"\n"), data.rfind(b"\r", 0, len(data) - 1)) + 1
            rest = data[cut:]
            if len(rest) > _LONGEST_LINE:
                _refuse_long(rest.decode("utf-8", "ignore"))
            if cut:
                yield Block(data=_with_byte_ends(data[:cut]))
    if rest:
        yield Block(data=_with_byte_ends(rest))


def _refuse_long(line: str) -> None:
    """Raise FileRefused where a line is longer than any table has."""
    if len(line) > _LONGEST_LINE:
        raise FileRefused(
            "long-line",
            t("A line of the file is longer than {count} characters.", count=_LONGEST_LINE),
            t("Check that this is the table itself and export it again as CSV."),
        )


def decoded(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool) -> str:
    """Give the text of the next bytes; half a character at the end is a lone surrogate."""
    try:
        return decoder.decode(chunk, final)
    except UnicodeDecodeError:  # only UTF-16 gets here: a half character at the end
        decoder.reset()
        return "\udcff"


def _with_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _with_byte_ends(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data
