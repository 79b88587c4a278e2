"""What a reviewer should not have to look for: lint, types, layers, hosts and paths that must not stand in the tree."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from config import ROOT

TOOLS = Path(sys.executable).parent
SOURCES = ["config.py", "run.py", "policies", "hrms", "models", "views", "reports"]
# A module longer than this is two modules; measured in lines of code, not of comments and tables of data.
LONGEST = 500
MAY_NAME_HOSTS = {
    "LICENSE",
    "tests/web/test_fab_traps.py",  # looks for them
    "tests/quality/test_gates.py",
}
# Names of XML namespaces and schemas are identifiers, not addresses; 127.0.0.1 is this machine; .invalid is nobody.
NOT_A_HOST = re.compile(
    r"https?://(127\.0\.0\.1|localhost|\{|%|\[|www\.w3\.org/|schemas\.(openxmlformats|microsoft)\.|purl\.org/|"
    r"[\w.-]*\.(invalid|example|test)\b|example\.(com|org|net)\b|host\b|server\b|demo\b)"
)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment)


def tracked(*patterns: str) -> list[Path]:
    """Files under version control, or those that would be."""
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *patterns)
    if listed.returncode:
        pytest.skip("not a git work tree: the files of the project cannot be told from others")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def text_files() -> list[tuple[str, str]]:
    found = []
    for path in tracked():
        if path.suffix in {".lock", ".png", ".xls", ".xlsx", ".pdf", ".ico", ".woff2", ".ttf", ".zip"}:
            continue
        try:
            found.append((str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def test_ruff_finds_nothing():
    done = run(str(TOOLS / "ruff"), "check", "--no-cache", "--output-format", "concise", ".")
    assert done.returncode == 0, done.stdout[-6000:]


def test_mypy_finds_nothing():
    done = run(str(TOOLS / "mypy"), *[name for name in SOURCES if (ROOT / name).exists()])
    assert done.returncode == 0, done.stdout[-6000:]


def test_no_arrow_runs_upwards():
    done = run(str(TOOLS / "lint-imports"), "--no-cache")
    assert done.returncode == 0, done.stdout[-4000:]


def test_no_network_host_is_named():
    """Everything is served from here; nothing is fetched at run time; the package index is the machine's own choice."""
    found = [
        f"{name}: {match.group(0)}"
        for name, content in text_files()
        if name not in MAY_NAME_HOSTS
        for match in re.finditer(r"https?://[^\s\"'<>)\]}]+", content)
        if not NOT_A_HOST.match(match.group(0))
    ]
    assert found == []


def test_no_package_index_is_named_and_every_package_has_its_hashes():
    for name in ("requirements.lock", "requirements-dev.lock"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        assert not [line for line in lines if re.search(r"index-url|find-links|https?://|trusted-host", line)], name
        pins = [i for i, line in enumerate(lines) if re.match(r"^[A-Za-z0-9._-]+(\[[^\]]+\])?==", line)]
        assert pins, name
        for number in pins:
            assert lines[number].rstrip().endswith("\\"), f"{name}: {lines[number]}"
            assert "--hash=sha256:" in lines[number + 1], f"{name}: {lines[number]}"


def pins(name: str) -> dict[str, str]:
    found = re.findall(
        r"^([A-Za-z0-9._-]+)(?:\[[^\]]+\])?==([^\s;\\]+)", (ROOT / name).read_text(encoding="utf-8"), re.M
    )
    return {package.lower(): version for package, version in found}


def test_the_tests_run_on_what_the_application_runs_on():
    runtime, development = pins("requirements.lock"), pins("requirements-dev.lock")
    assert {name: development.get(name) for name in runtime} == runtime


def test_every_declared_requirement_is_locked():
    for declared, locked in (
        ("requirements.in", "requirements.lock"),
        ("requirements-dev.in", "requirements-dev.lock"),
    ):
        names = re.findall(r"^([A-Za-z][A-Za-z0-9._-]*)", (ROOT / declared).read_text(encoding="utf-8"), re.M)
        missing = [
            name for name in names if name.lower().replace("_", "-") not in {p.replace("_", "-") for p in pins(locked)}
        ]
        assert missing == [], locked


def test_no_path_of_the_machine_it_was_written_on_is_named():
    homes = {str(Path.home()), str(ROOT.parent), str(ROOT)} - {"/", "/home", "/root", "/tmp"}
    found = [f"{name}: {home}" for name, content in text_files() for home in homes if f"{home}/" in content]
    assert found == []


def test_no_secret_stands_in_the_tree():
    telling = re.compile(
        r"-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}|eyJ[\w-]{20,}\.[\w-]{20,}\."
    )
    assert [name for name, content in text_files() if telling.search(content)] == []


def test_modules_stay_short_enough_to_be_read():
    long = {}
    for path in tracked("*.py"):
        name = str(path.relative_to(ROOT))
        if name.startswith(("migrations/versions", "tests/")):
            continue
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LONGEST:
            long[name] = lines
    assert long == {}, "would each be easier to live in as two?"


def test_nothing_is_left_for_later_or_left_out():
    """No stubs: what is not there is not pretended to be there."""
    left = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|raise NotImplementedError\(\)|\bnot implemented\b", re.I)
    found = []
    for path in tracked("*.py", "*.html", "*.js", "*.css"):
        name = str(path.relative_to(ROOT))
        if name.startswith("tests/quality"):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if left.search(line) and "NotImplemented" not in line:
                found.append(f"{name}:{number}: {line.strip()[:80]}")
    assert found == []


def test_every_test_file_is_collected_and_says_what_it_expects():
    silent = [
        str(path.relative_to(ROOT))
        for path in tracked("tests/**/test_*.py", "tests/test_*.py")
        if not path.read_text(encoding="utf-8").lstrip().startswith('"""')
    ]
    assert silent == []


def test_shell_scripts_stop_at_the_first_error():
    scripts = [path for path in tracked() if path.read_bytes()[:40].startswith(b"#!/usr/bin/env bash")]
    assert scripts
    for path in scripts:
        assert "set -euo pipefail" in path.read_text(encoding="utf-8"), path.name
        assert path.stat().st_mode & 0o111, f"{path.name} cannot be run"


def test_compiled_catalogues_data_and_caches_are_not_tracked():
    listed = run("git", "ls-files").stdout.splitlines()
    unwanted = re.compile(r"(^|/)(var|__pycache__|\.venv|\.mypy_cache|\.ruff_cache|\.hypothesis)/|\.(mo|pyc|db|log)$")
    assert [name for name in listed if unwanted.search(name)] == []
