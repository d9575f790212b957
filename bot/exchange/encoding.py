"""Bytes of a text file into text: which encoding, and why not."""

import codecs
import re

from bot.exchange.findings import FileRefused

_SAVE_AS = "save it as CSV UTF-8 or as .xlsx"
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f]")
_MARKUP = re.compile(r"\s*<(!doctype|html|table|\?xml|head|meta)", re.IGNORECASE)
# Letters a Kazakh or Russian text never has in cp1251; KZ-1048, KOI8-R, cp866 and Mac texts are full of them.
_CP1251_OWN = re.compile("[\u0410-\u044f\u0401\u0451\u0406\u0456]")
_CP1251_ALIEN = re.compile("[\u0402-\u0405\u0407-\u040f\u0452-\u0455\u0457-\u045f\u0490\u0491]")
_WRONG_CASE = re.compile("[\u0430-\u044f][\u0410-\u042f]")
_SIGNATURES = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"Rar!", "an archive"),
    (b"7z\xbc\xaf", "an archive"),
    (b"\x1f\x8b", "an archive"),
    (b"{\\rtf", "a text document"),
)


def decode(data: bytes) -> str:
    """The text of a file: UTF-8 with or without mark, UTF-16 with mark, cp1251 when it is plain Russian.

    Raises FileRefused with the reason for anything else.
    """
    for signature, what in _SIGNATURES:
        if data.startswith(signature):
            raise FileRefused("not_table", f"The file is {what} and not a table: {_SAVE_AS}.")
    text = _decode(data)
    if _MARKUP.match(text):
        raise FileRefused("not_table", f"The file is a web page: open it in a spreadsheet and {_SAVE_AS}.")
    at = text.find("\0")
    if at >= 0:
        line = text.count("\n", 0, at) + 1
        raise FileRefused("nul", f"Line {line} has a NUL character, so this is no text: {_SAVE_AS}.", line)
    if len(_CONTROL.findall(text)) * 50 > len(text):
        raise FileRefused("not_table", f"The file is not a text: {_SAVE_AS}.")
    return text


def _decode(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError:
            raise FileRefused("encoding", f"The file says it is UTF-16 and is damaged: {_SAVE_AS}.") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _decode_old(data, data.count(b"\n", 0, error.start) + 1)


def _decode_old(data: bytes, line: int) -> str:
    """Windows Cyrillic (cp1251), only when nothing speaks against it: a wrong guess would spoil names."""
    text = data.decode("cp1251", errors="replace")
    letters = len(_CP1251_OWN.findall(text))
    high = sum(1 for letter in text if ord(letter) > 127)
    doubtful = "\ufffd" in text or _CP1251_ALIEN.search(text) is not None
    wrong_case = len(_WRONG_CASE.findall(text))
    if doubtful or letters * 10 < high * 6 or wrong_case * 10 > letters:
        message = f"The text is not UTF-8 (line {line}) and may be misread: {_SAVE_AS}."
        raise FileRefused("encoding", message, line)
    return text
