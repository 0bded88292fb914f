"""What files are taken: by their first bytes, not by what they call themselves. Nothing that runs is taken."""

from __future__ import annotations

from pathlib import PurePosixPath

from msgspec import Struct

HEAD = 512
MOST_NAME = 100
_PICTURE = "image/"


class Kind(Struct, frozen=True):
    media: str
    extension: str

    @property
    def picture(self) -> bool:
        return self.media.startswith(_PICTURE)


_OFFICE = "application/vnd.openxmlformats-officedocument."
_ZIPPED = {
    "docx": _OFFICE + "wordprocessingml.document",
    "xlsx": _OFFICE + "spreadsheetml.sheet",
    "pptx": _OFFICE + "presentationml.presentation",
    "wps": "application/vnd.ms-works",
    "zip": "application/zip",
}
_COMPOUND = {
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "wps": "application/vnd.ms-works",
    "et": "application/vnd.ms-excel",
}
_TEXTS = {"txt": "text/plain", "csv": "text/csv", "md": "text/plain"}
_PACKED = {"rar": "application/vnd.rar", "7z": "application/x-7z-compressed"}
_BEGINNINGS: tuple[tuple[bytes, Kind], ...] = (
    (b"\x89PNG\r\n\x1a\n", Kind("image/png", "png")),
    (b"\xff\xd8\xff", Kind("image/jpeg", "jpg")),
    (b"GIF8", Kind("image/gif", "gif")),
    (b"BM", Kind("image/bmp", "bmp")),
    (b"%PDF-", Kind("application/pdf", "pdf")),
    (b"#!AMR", Kind("audio/amr", "amr")),
    (b"OggS", Kind("audio/ogg", "ogg")),
    (b"ID3", Kind("audio/mpeg", "mp3")),
    (b"Rar!", Kind(_PACKED["rar"], "rar")),
    (b"7z\xbc\xaf\x27\x1c", Kind(_PACKED["7z"], "7z")),
)
_RUNS = (b"MZ", b"\x7fELF", b"#!/", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe", b"dex\n")
_RUNS_AS = {
    "exe",
    "dll",
    "bat",
    "cmd",
    "com",
    "msi",
    "ps1",
    "vbs",
    "js",
    "jar",
    "apk",
    "sh",
    "scr",
    "lnk",
    "html",
    "htm",
}
_RUNS_AS |= {"svg", "xhtml", "hta", "docm", "xlsm", "pptm", "iso", "dmg"}
REFUSED = "这种文件不收，请发送图片、PDF、Office 文档或压缩包"


def judged(name: str, head: bytes) -> Kind | str:
    """The kind of a file, or the sentence that says why it is not taken."""
    extension = extension_of(name)
    if extension in _RUNS_AS or head.startswith(_RUNS):
        return REFUSED
    found = next((kind for beginning, kind in _BEGINNINGS if head.startswith(beginning)), None)
    if found is None and head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        found = Kind("image/webp", "webp")
    if found is None and head[4:8] == b"ftyp":
        found = Kind("image/heic", "heic") if head[8:12] in (b"heic", b"mif1") else Kind("video/mp4", "mp4")
    if found is None and head.startswith(b"PK\x03\x04"):
        found = _called(_ZIPPED, extension, "zip")
    if found is None and head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        found = _called(_COMPOUND, extension, "doc")
    if found is None and extension in _TEXTS and b"\x00" not in head:
        found = Kind(_TEXTS[extension], extension)
    return found or REFUSED


def extension_of(name: str) -> str:
    return PurePosixPath(name).suffix.lstrip(".").lower()


def file_name(name: str, otherwise: str) -> str:
    """A name for people and downloads: no path, nothing that hides, not too long; the ending stays."""
    plain = "".join(
        c for c in name.replace("\\", "/").rpartition("/")[2] if c.isprintable() and c not in '<>:"|?*'
    ).strip(". ")
    plain = plain or otherwise
    stem, dot, ending = plain.rpartition(".")
    if len(plain) <= MOST_NAME or not dot:
        return plain[:MOST_NAME]
    return f"{stem[: MOST_NAME - len(ending) - 1]}.{ending}"


def _called(kinds: dict[str, str], extension: str, otherwise: str) -> Kind:
    known = extension if extension in kinds else otherwise
    return Kind(kinds[known], known)
