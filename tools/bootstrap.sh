#!/usr/bin/env bash
# Prepares this folder to run (`run`) or to be tested (`test`): system packages, .venv, compiled translations.
#
# Debian 12 / Ubuntu 24.04 with Python >= 3.11. As root, or with sudo that asks for no password, missing packages are
# installed; otherwise the exact command is printed. Everything is checked before it is done: a second run takes seconds.
# HRMS_NO_INSTALL=1 never touches system packages.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
purpose=${1:-run}
case $purpose in run) lock=requirements.lock ;; test) lock=requirements-dev.lock ;; *) echo "use: $0 run|test" >&2; exit 2 ;; esac

say() { printf '%s\n' "$*" >&2; }

# --- what the machine has -------------------------------------------------------------------------------------------
find_python() {
  local candidate
  for candidate in "${PYTHON:-}" python3.11 python3.12 python3.13 python3; do
    [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 || continue
    "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v "$candidate"; return; }
  done
}

has_library() { ldconfig -p 2>/dev/null | grep -q "$1" || compgen -G "/usr/lib/*/$1*" >/dev/null; }
has_font() { command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list ':lang=vi:family=Liberation Serif' family 2>/dev/null)" ]; }
has_venv() { "$1" -c 'import venv, ensurepip' 2>/dev/null; }
has_postgres() { command -v initdb >/dev/null 2>&1 || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }
has_chromium() { command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1; }

missing_needed() {  # packages without which the application does not run
  local python=$1
  if [ -z "$python" ]; then echo python3 python3-venv; elif [ ! -x .venv/bin/python ] && ! has_venv "$python"; then
    "$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2] if "/usr/bin" in sys.executable else "python3-venv")'
  fi
  has_library libpango-1.0.so.0 || echo libpango-1.0-0
  has_library libpangoft2-1.0.so.0 || echo libpangoft2-1.0-0
  has_library libharfbuzz-subset.so.0 || echo libharfbuzz-subset0
  has_font || echo fontconfig fonts-liberation
}

missing_wished() {  # packages without which some tests are left out, with the reason printed
  has_chromium || echo chromium
  has_postgres || echo postgresql
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
may_install() {
  [ -z "${HRMS_NO_INSTALL:-}" ] && command -v apt-get >/dev/null 2>&1 || return 1
  [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; }
}
install_packages() {
  say "Installing: $*"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >/dev/null 2>&1 && return
  as_root apt-get update >/dev/null 2>&1 || true
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >/dev/null
}
the_command() { echo "sudo apt-get update && sudo apt-get install -y --no-install-recommends $*"; }

system_packages() {
  local python needed wished package
  python=$(find_python)
  needed=$(missing_needed "$python" | xargs)
  if [ -n "$needed" ]; then
    # shellcheck disable=SC2086
    if ! { may_install && install_packages $needed; }; then
      say "These system packages are missing and could not be installed here: $needed"
      say "Run:  $(the_command "$needed")"
      exit 1
    fi
  fi
  [ "$purpose" = test ] || return 0
  wished=$(missing_wished | xargs)
  for package in $wished; do
    if ! { may_install && install_packages "$package"; }; then
      say "Not installed: $package. The tests that need it are skipped. To run them too:  $(the_command "$package")"
    fi
  done
}

# --- our own environment --------------------------------------------------------------------------------------------
fingerprint() { sha256sum "$1" | cut -d' ' -f1; }

virtual_environment() {
  local python stamp=.venv/.installed wanted
  wanted="$lock $(fingerprint "$lock")"
  if [ -x .venv/bin/python ] && .venv/bin/python -c '' 2>/dev/null; then
    grep -qxF "$wanted" "$stamp" 2>/dev/null && return
    # What the tests need holds what the application needs.
    [ "$purpose" = run ] && grep -qxF "requirements-dev.lock $(fingerprint requirements-dev.lock)" "$stamp" 2>/dev/null && return
  else
    python=$(find_python)
    [ -n "$python" ] || { say "Python 3.11 or later is needed. Run:  $(the_command python3 python3-venv)"; exit 1; }
    say "Creating .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv
  fi
  .venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip -q
  say "Installing the locked packages of $lock (a few minutes the first time)"
  rm -f "$stamp"
  .venv/bin/python -m pip install -q --disable-pip-version-check --no-input --only-binary :all: --require-hashes -r "$lock"
  echo "$wanted" > "$stamp"
}

translations() {
  local catalogue compiled
  for catalogue in translations/*/LC_MESSAGES/messages.po; do
    [ -e "$catalogue" ] || continue
    compiled=${catalogue%.po}.mo
    [ "$compiled" -nt "$catalogue" ] && continue
    .venv/bin/pybabel -q compile -i "$catalogue" -o "$compiled" -l "$(basename "$(dirname "$(dirname "$catalogue")")")"
  done
}

system_packages
virtual_environment
translations
