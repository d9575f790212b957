"""What a file is, by its first bytes: the name that somebody gave it says nothing."""

HEAD_BYTES = 64
PDF, JPG, PNG, HEIC, ZIP, OLE = "pdf", "jpg", "png", "heic", "zip", "ole"
_STARTS = (
    (b"\xff\xd8\xff", JPG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
)
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"heif"})
_MARKS_BEFORE_PDF = b"\xef\xbb\xbf\r\n\t "


def sniff(head: bytes) -> str:
    """One of the kinds above, '' for anything else. `zip` may turn out to be a DOCX."""
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if head.lstrip(_MARKS_BEFORE_PDF).startswith(b"%PDF-"):
        return PDF
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return HEIC
    return ""
