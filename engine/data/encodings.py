"""Encodings: the bytes of an uploaded file as text.

UTF-8, or UTF-16 with its byte order mark; else GB18030, which nearly every text in cp1252 is, too, by accident; so it
is taken only where most of its characters are common ones, and cp1252 otherwise. Whoever sees wrong letters chooses.
"""

from typing import Literal, get_args

from engine.fault import Fault

Encoding = Literal["utf-8", "utf-16", "gb18030", "cp1252"]
ENCODINGS: tuple[Encoding, ...] = get_args(Encoding)

UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
CONTROLS = frozenset(map(chr, range(32))) - set("\t\n\v\f\r\x1a")
"""Characters that no text has. Files of DOS end with 1A."""

ZIP, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
"""How files of spreadsheets begin, those of today and those of before 2007."""


def decode(data: bytes, wanted: Encoding | None = None) -> tuple[str, Encoding]:
    """The text, without a byte order mark, and its encoding. Raises Fault for no text, or none in the wanted one."""
    _refuse_other_files(data)
    for encoding in (wanted,) if wanted else ENCODINGS:
        text = _decoded(data, encoding)
        if text is None or (encoding == "gb18030" and not wanted and not _reads_as_chinese(text)):
            continue
        if not CONTROLS.isdisjoint(text):
            break
        return text.removeprefix("\ufeff"), encoding
    raise Fault("upload_not_in_encoding", {"encoding": wanted}) if wanted else Fault("upload_not_text", {})


def _refuse_other_files(data: bytes) -> None:
    """Those that people mean by a file of points or drop by mistake."""
    if data.startswith(ZIP) and b"/data.pkl" in data:
        raise Fault("upload_weights", {})
    if data.startswith(OLD_OFFICE) or (data.startswith(ZIP) and (b"[Content_Types]" in data or b"mimetype" in data)):
        raise Fault("upload_spreadsheet", {})


def _decoded(data: bytes, encoding: Encoding) -> str | None:
    if encoding == "utf-16" and not data.startswith(UTF_16_MARKS):
        return None
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _reads_as_chinese(text: str) -> bool:
    """Whether at least half of the characters beyond ASCII are common ones: signs, or the first 3755 characters of
    GB 2312. Accented letters of cp1252 are lower case for the most part, and two of them are no common character."""
    foreign = [character for character in text if not character.isascii()]
    common = sum(_is_common(character) for character in foreign)
    return 2 * common >= len(foreign)


def _is_common(character: str) -> bool:
    lead, trail, *_ = *character.encode("gb18030"), 0
    return (0xA1 <= lead <= 0xA3 or 0xB0 <= lead <= 0xD7) and trail >= 0xA1
