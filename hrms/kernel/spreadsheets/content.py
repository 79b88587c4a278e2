"""What a file is, judged by its first bytes and its parts; its name is never believed."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path
from typing import IO, Literal

import filetype
import msoffcrypto
import olefile
from flask_babel import gettext as _

from hrms.kernel.spreadsheets.limits import MIB, Limits, SpreadsheetRefused

Kind = Literal["xlsx", "xls", "csv"]
Source = str | os.PathLike[str] | bytes | IO[bytes]

_ZIP, _EMPTY_ZIP, _OLE = b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
# Excel encrypts a workbook that is only protected against changes with this well-known word; it opens without asking.
_WRITE_PROTECTION_PASSWORD = "VelvetSweatshop"  # noqa: S105
_HEAD = 4096


def read_source(source: Source, limits: Limits) -> bytes:
    """The whole file in memory, never more than the limit. A file object is read from where it stands."""
    limit = limits.max_file_bytes
    if isinstance(source, bytes):
        data = source
    elif isinstance(source, (str, os.PathLike)):
        with Path(source).open("rb") as stream:
            data = stream.read(limit + 1)
    else:
        data = source.read(limit + 1)
    if len(data) > limit:
        message = _("Tệp lớn hơn %(limit)s MB. Hãy chia danh sách thành nhiều tệp.", limit=limit // MIB)
        raise SpreadsheetRefused("too_large", message)
    if not data.strip(b"\0 \t\r\n"):
        raise SpreadsheetRefused("empty", _("Tệp rỗng. Hãy kiểm tra lại tệp rồi tải lên lần nữa."))
    return data


def identify(data: bytes) -> tuple[Kind, bytes]:
    """The kind of spreadsheet and its readable bytes (decrypted where no password is needed to read).

    Raises :class:`SpreadsheetRefused` for everything that is no spreadsheet, saying what it is instead.
    """
    if data.startswith(_ZIP):
        return _identify_zip(data), data
    if data.startswith(_OLE):
        return _identify_ole(data)
    if data.startswith(_OLD_BIFF):
        raise _unsupported(_("bảng tính Excel đời rất cũ"))
    if data.startswith(_EMPTY_ZIP):
        raise _corrupt()
    head = data[:_HEAD]
    text_head = head.decode("utf-8", "ignore").lstrip("\ufeff \t\r\n").lower()
    if text_head.startswith("{\\rtf"):
        raise _other(_("văn bản RTF"))
    if text_head.startswith(("<!doctype html", "<html", "<table", "<meta", "<style", "<head")):
        raise _unsupported(_("trang web (HTML) mang tên bảng tính"))
    if text_head.startswith("<?xml") or text_head.startswith("<workbook"):
        if "spreadsheet" in text_head:
            raise _unsupported(_("bảng tính dạng XML 2003"))
        raise _other(_("tài liệu XML"))
    if (known := filetype.guess(data)) is not None:
        raise _other(_KNOWN.get(known.mime) or _KNOWN.get(known.mime.split("/")[0]) or f"{known.extension}")
    return "csv", data


def _corrupt() -> SpreadsheetRefused:
    message = _("Tệp bị hỏng, không đọc được. Hãy mở tệp bằng Excel, lưu lại thành .xlsx rồi tải lên lần nữa.")
    return SpreadsheetRefused("corrupt", message)


corrupt = _corrupt


def _password() -> SpreadsheetRefused:
    message = _("Tệp được đặt mật khẩu. Hãy mở tệp bằng Excel, bỏ mật khẩu, lưu lại rồi tải lên lần nữa.")
    return SpreadsheetRefused("password", message)


def _other(what: str) -> SpreadsheetRefused:
    message = _("Tệp này là %(what)s, không phải bảng tính. Hãy chọn tệp .xlsx, .xls hoặc .csv.", what=what)
    return SpreadsheetRefused("not_spreadsheet", message)


def _unsupported(what: str) -> SpreadsheetRefused:
    message = _("Tệp này là %(what)s, chưa đọc được. Hãy mở tệp bằng Excel và lưu lại thành .xlsx.", what=what)
    return SpreadsheetRefused("unsupported", message)


def _identify_zip(data: bytes) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and archive.getinfo("mimetype").file_size < _HEAD:
                mimetype = archive.read("mimetype")
                if b"opendocument.spreadsheet" in mimetype:
                    raise _unsupported(_("bảng tính OpenDocument (.ods)"))
                if b"opendocument" in mimetype:
                    raise _other(_("tài liệu OpenDocument"))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, EOFError, OSError):
        raise _corrupt() from None
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        raise _unsupported(_("bảng tính Excel nhị phân (.xlsb)"))
    if any(name.startswith("word/") for name in names):
        raise _other(_("văn bản Word"))
    if any(name.startswith("ppt/") for name in names):
        raise _other(_("bản trình chiếu PowerPoint"))
    if "[Content_Types].xml" in names:
        raise _corrupt()
    raise _other(_("tệp nén ZIP"))


def _identify_ole(data: bytes) -> tuple[Kind, bytes]:
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as compound:
            streams = {"/".join(path).lower() for path in compound.listdir()}
    except Exception:  # olefile raises whatever the broken bytes lead it to
        raise _corrupt() from None
    if "encryptedpackage" in streams:
        return _decrypt(data, "xlsx")
    if streams & {"workbook", "book"}:
        return _decrypt(data, "xls") if _is_encrypted(data) else ("xls", data)
    if "worddocument" in streams:
        raise _other(_("văn bản Word"))
    if "powerpoint document" in streams:
        raise _other(_("bản trình chiếu PowerPoint"))
    raise _other(_("tài liệu khác của Office"))


def _is_encrypted(data: bytes) -> bool:
    try:
        return bool(msoffcrypto.OfficeFile(io.BytesIO(data)).is_encrypted())
    except Exception:  # an unreadable header is found again, and refused as corrupt, by the reader
        return False


def _decrypt(data: bytes, kind: Kind) -> tuple[Kind, bytes]:
    plain = io.BytesIO()
    try:
        office = msoffcrypto.OfficeFile(io.BytesIO(data))
        office.load_key(password=_WRITE_PROTECTION_PASSWORD)
        office.decrypt(plain)
        result = plain.getvalue()
        if kind == "xlsx" and not zipfile.is_zipfile(io.BytesIO(result)):
            raise _password()
    except Exception:  # a wrong password shows in many ways, all of them mean the same to the user
        raise _password() from None
    return kind, result


_KNOWN = {
    "application/pdf": "tài liệu PDF",
    "application/x-msdownload": "chương trình máy tính",
    "application/x-executable": "chương trình máy tính",
    "application/x-rar-compressed": "tệp nén RAR",
    "application/x-7z-compressed": "tệp nén 7z",
    "application/gzip": "tệp nén GZ",
    "application/rtf": "văn bản RTF",
    "image": "tệp ảnh",
    "audio": "tệp âm thanh",
    "video": "tệp phim",
    "font": "tệp phông chữ",
}
