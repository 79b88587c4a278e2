"""Strict YAML and JSON readers.

Fractions become ``Decimal`` (never binary floats), dates stay text, a key given twice is a fault with its path, and
anchors are refused: a case is written out in full, and an alias bomb finds no fuse.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml

from policies.engine.errors import CaseFaults, Fault, MalformedLawData

_INT = re.compile(r"[-+]?[0-9]+\Z")
_DECIMAL = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][-+]?[0-9]{1,3})?\Z")
_NULLS = {"", "~", "null", "Null", "NULL"}
_BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
MAX_DEPTH = 40
MAX_DIGITS = 40

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Tree:
    """Builds plain data from a YAML node graph and collects every fault on the way."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.faults: list[Fault] = []
        self._seen: set[int] = set()

    def build(self, node: yaml.Node, path: str, depth: int = 0) -> Any:
        if id(node) in self._seen:
            self.faults.append(Fault(path, "không dùng neo (&) và bí danh (*) của YAML; hãy ghi đầy đủ giá trị"))
            return None
        self._seen.add(id(node))
        if depth > MAX_DEPTH:
            self.faults.append(Fault(path, f"lồng nhau quá {MAX_DEPTH} cấp; hãy kiểm tra lại cấu trúc tệp"))
            return None
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, f"{path}[{i}]", depth + 1) for i, child in enumerate(node.value)]
        result: dict[str, Any] = {}
        assert isinstance(node, yaml.MappingNode)
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.faults.append(Fault(path, "khóa phải là chữ, không phải danh sách hay nhóm"))
                continue
            key = key_node.value
            inner = f"{path}.{key}"
            value = self.build(value_node, inner, depth + 1)
            if key in result:
                self.faults.append(Fault(inner, f"khóa '{key}' ghi hai lần; hãy giữ lại một"))
                continue
            result[key] = value
        return result

    def _scalar(self, node: yaml.ScalarNode, path: str) -> Any:
        raw: str = node.value
        if node.style:  # quoted or block text; the C parser calls the plain style "" and the Python one None
            return raw
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
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"dòng {mark.line + 1}, cột {mark.column + 1}: " if mark else ""
        problem = f" ({error.problem})" if error.problem else ""
        raise CaseFaults([Fault(root, f"{where}tệp YAML sai cú pháp{problem}")]) from None
    except yaml.YAMLError as error:
        raise CaseFaults([Fault(root, f"tệp YAML không đọc được: {' '.join(str(error).split())}")]) from None
    except RecursionError:
        raise CaseFaults([Fault(root, f"lồng nhau quá {MAX_DEPTH} cấp; hãy kiểm tra lại cấu trúc tệp")]) from None
    if node is None:
        return None
    tree = _Tree(root)
    start = root if isinstance(node, yaml.SequenceNode) else f"{root}[0]"
    data = tree.build(node, start)
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
        raise CaseFaults([Fault(root, f"lồng nhau quá {MAX_DEPTH} cấp; hãy kiểm tra lại cấu trúc tệp")]) from None
    found: list[Fault] = []
    plain = _undouble(data, root if isinstance(data, list) else f"{root}[0]", found, 0)
    return _settle(plain, found, faults)


def _undouble(data: Any, path: str, faults: list[Fault], depth: int) -> Any:
    if depth > MAX_DEPTH:
        faults.append(Fault(path, f"lồng nhau quá {MAX_DEPTH} cấp; hãy kiểm tra lại cấu trúc tệp"))
        return None
    if isinstance(data, _Pairs):
        for key in data.doubled:
            faults.append(Fault(f"{path}.{key}", f"khóa '{key}' ghi hai lần; hãy giữ lại một"))
        return {k: _undouble(v, f"{path}.{k}", faults, depth + 1) for k, v in data.items()}
    if isinstance(data, list):
        return [_undouble(v, f"{path}[{i}]", faults, depth + 1) for i, v in enumerate(data)]
    return data


def load_law_yaml(path: Path) -> Any:
    """A law data file of the project; any fault is a programming error and says which file."""
    try:
        return read_yaml(path.read_text(encoding="utf-8"), path.stem)
    except CaseFaults as error:
        raise MalformedLawData(f"{path.name}: {error}") from None
