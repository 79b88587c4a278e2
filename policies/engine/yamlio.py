"""Strict YAML and JSON readers.

Fractions become ``Decimal`` (never binary floats), dates stay text, a key given twice is a fault with its path, and
anchors are refused: a case is written out in full, and an alias bomb finds no fuse.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml

from policies.engine.errors import CaseFaults, Fault, MalformedLawData

_INT = re.compile(r"[-+]?[0-9]+\Z")
_DECIMAL = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][-+]?[0-9]{1,3})?\Z")
_NULLS = {"", "~", "null", "Null", "NULL"}
_BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
MAX_DEPTH = 40
MAX_DIGITS = 40
TOO_DEEP = f"lồng nhau quá {MAX_DEPTH} cấp; hãy kiểm tra lại cấu trúc tệp"

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


_NO_KEY = object()


class _Frame:
    """An open list or group while its events are read."""

    __slots__ = ("items", "key", "path")

    def __init__(self, items: list[Any] | dict[str, Any], path: str) -> None:
        self.items = items
        self.path = path
        self.key: Any = _NO_KEY


class _Tree:
    """Builds plain data from YAML events and collects every fault on the way.

    Events come one by one and open lists stand on a stack of our own: however deep a text is nested, nothing recurses.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self.faults: list[Fault] = []
        self.stack: list[_Frame] = []
        self.documents: list[Any] = []

    def read(self, events: Iterable[yaml.Event]) -> Any:
        """Consume all events; the data of the one document, None for an empty text."""
        for event in events:
            if isinstance(event, yaml.AliasEvent):
                self._refuse_anchor()
                self._put(None)
            elif isinstance(event, yaml.ScalarEvent):
                if event.anchor is not None:
                    self._refuse_anchor()
                self._put_scalar(event)
            elif isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
                if event.anchor is not None:
                    self._refuse_anchor()
                self._open([] if isinstance(event, yaml.SequenceStartEvent) else {})
            elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
                self._put(self.stack.pop().items)
        if len(self.documents) > 1:
            self.faults.append(Fault(self.root, "tệp có nhiều văn bản YAML (---); hãy gộp thành một danh sách"))
        return self.documents[0] if self.documents else None

    def _path(self) -> str:
        """Where the value that comes next will stand."""
        if not self.stack:
            return self.root
        frame = self.stack[-1]
        if isinstance(frame.items, list):
            return f"{frame.path}[{len(frame.items)}]"
        return frame.path if frame.key is _NO_KEY else f"{frame.path}.{frame.key}"

    def _open(self, items: list[Any] | dict[str, Any]) -> None:
        path = self._path()
        if not self.stack and isinstance(items, dict):
            path = f"{self.root}[0]"
        if len(self.stack) >= MAX_DEPTH:
            raise CaseFaults([*self.faults, Fault(path, TOO_DEEP)])
        if self.stack and isinstance(self.stack[-1].items, dict) and self.stack[-1].key is _NO_KEY:
            self.faults.append(Fault(path, "khóa phải là chữ, không phải danh sách hay nhóm"))
        self.stack.append(_Frame(items, path))

    def _put_scalar(self, event: yaml.ScalarEvent) -> None:
        frame = self.stack[-1] if self.stack else None
        if frame is not None and isinstance(frame.items, dict) and frame.key is _NO_KEY:
            frame.key = event.value
            if event.value in frame.items:
                self.faults.append(Fault(self._path(), f"khóa '{event.value}' ghi hai lần; hãy giữ lại một"))
            return
        # Quoted and block text stays text; the C parser calls the plain style "" and the Python one None.
        self._put(event.value if event.style else _plain_scalar(event.value))

    def _put(self, value: Any) -> None:
        if not self.stack:
            self.documents.append(value)
            return
        frame = self.stack[-1]
        if isinstance(frame.items, list):
            frame.items.append(value)
        elif frame.key is _NO_KEY:
            frame.key = str(value)
        else:
            frame.items.setdefault(frame.key, value)
            frame.key = _NO_KEY

    def _refuse_anchor(self) -> None:
        message = "không dùng neo (&) và bí danh (*) của YAML; hãy ghi đầy đủ giá trị"
        self.faults.append(Fault(self._path(), message))


def _plain_scalar(raw: str) -> Any:
    """Unquoted text: null, true/false, whole numbers and exact decimals; anything else stays text."""
    if raw in _NULLS:
        return None
    if raw in _BOOLS:
        return _BOOLS[raw]
    if len(raw) <= MAX_DIGITS:
        if _INT.match(raw):
            return int(raw)
        if _DECIMAL.match(raw):
            return Decimal(raw)
    return raw


def read_yaml(text: str, root: str = "cases", faults: list[Fault] | None = None) -> Any:
    """Plain data of a YAML text; raises ``CaseFaults`` with all faults found. Paths start with ``root``.

    With ``faults`` given, what leaves usable data behind (a key given twice) is added there instead of raised.
    """
    tree = _Tree(root)
    try:
        data = tree.read(yaml.parse(text, Loader=_Loader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"dòng {mark.line + 1}, cột {mark.column + 1}: " if mark else ""
        problem = f" ({error.problem})" if error.problem else ""
        raise CaseFaults([Fault(root, f"{where}tệp YAML sai cú pháp{problem}")]) from None
    except yaml.YAMLError as error:
        raise CaseFaults([Fault(root, f"tệp YAML không đọc được: {' '.join(str(error).split())}")]) from None
    return _settle(data, tree.faults, faults)


def _settle(data: Any, found: list[Fault], faults: list[Fault] | None) -> Any:
    """Hand the faults to the caller's list, or raise them."""
    if faults is not None:
        faults.extend(found)
    elif found:
        raise CaseFaults(found)
    return data


class _Pairs(dict[str, Any]):
    """A JSON object that remembers the keys given twice."""

    __slots__ = ("doubled",)

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        seen: set[str] = set()
        self.doubled = [k for k, _ in pairs if k in seen or seen.add(k)]  # type: ignore[func-returns-value]


def _json_number(raw: str) -> Decimal:
    if len(raw) > MAX_DIGITS:
        raise ValueError("number too long")
    try:
        return Decimal(raw)
    except InvalidOperation:
        raise ValueError("not a number") from None


def _json_int(raw: str) -> int:
    if len(raw) > MAX_DIGITS:
        raise ValueError("number too long")
    return int(raw)


def _no_constant(raw: str) -> Any:
    raise ValueError(raw)


def read_json(text: str, root: str = "cases", faults: list[Fault] | None = None) -> Any:
    """Plain data of a JSON text; faults as in ``read_yaml``."""
    try:
        data = json.loads(
            text, object_pairs_hook=_Pairs, parse_float=_json_number, parse_int=_json_int, parse_constant=_no_constant
        )
    except json.JSONDecodeError as error:
        where = f"dòng {error.lineno}, cột {error.colno}"
        raise CaseFaults([Fault(root, f"{where}: tệp JSON sai cú pháp ({error.msg})")]) from None
    except ValueError as error:
        raise CaseFaults(
            [Fault(root, f"tệp JSON có số không hợp lệ ({error}); hãy ghi số thập phân hữu hạn")]
        ) from None
    except RecursionError:
        raise CaseFaults([Fault(root, TOO_DEEP)]) from None
    found: list[Fault] = []
    plain = _undouble(data, root if isinstance(data, list) else f"{root}[0]", found, 0)
    return _settle(plain, found, faults)


def _undouble(data: Any, path: str, faults: list[Fault], depth: int) -> Any:
    if depth > MAX_DEPTH:
        faults.append(Fault(path, TOO_DEEP))
        return None
    if isinstance(data, _Pairs):
        for key in data.doubled:
            faults.append(Fault(_writable(f"{path}.{key}"), f"khóa '{_writable(key)}' ghi hai lần; hãy giữ lại một"))
        return {_writable(k): _undouble(v, _writable(f"{path}.{k}"), faults, depth + 1) for k, v in data.items()}
    if isinstance(data, list):
        return [_undouble(v, f"{path}[{i}]", faults, depth + 1) for i, v in enumerate(data)]
    if isinstance(data, str) and _writable(data) != data:
        faults.append(Fault(path, "có ký tự không đầy đủ (nửa cặp thay thế Unicode); hãy ghi lại chữ"))
        return _writable(data)
    return data


def _writable(text: str) -> str:
    """A JSON escape can name half a character, which UTF-8 cannot write: the sign of what is lost stands for it."""
    return _HALF_CHARACTER.sub("\ufffd", text)


def load_law_yaml(path: Path) -> Any:
    """A law data file of the project; any fault is a programming error and says which file."""
    try:
        return read_yaml(path.read_text(encoding="utf-8"), path.stem)
    except CaseFaults as error:
        raise MalformedLawData(f"{path.name}: {error}") from None
