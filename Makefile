# make run      prepare everything, fill the demonstration province the first time, serve on http://127.0.0.1:8080
# make test     the whole suite on SQLite, then on PostgreSQL where initdb is found
# make help     the rest
.DEFAULT_GOAL := help
.ONESHELL:
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON := .venv/bin/python
HOST ?= 127.0.0.1
PORT ?= 8080
PEOPLE ?= 3000
WORKERS ?= 2
PYTEST := $(PYTHON) -m pytest -q -n $(WORKERS) --dist loadfile

.PHONY: help ready ready-test run test test-sqlite test-postgresql browser tour bench bench-openfisca schemathesis lint lock messages migration clean

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

ready:
	@tools/bootstrap.sh run

ready-test:
	@tools/bootstrap.sh test

run: ready ## prepare, demonstration data on the first run, serve (HOST=, PORT=, PEOPLE=); data stays in var/
	@$(PYTHON) run.py setup
	$(PYTHON) run.py demo --if-empty --people $(PEOPLE)
	exec $(PYTHON) run.py serve --host $(HOST) --port $(PORT)

test: ready-test ## the whole suite: SQLite, then PostgreSQL where initdb is found
	@$(PYTHON) tools/test.py --workers $(WORKERS)

test-sqlite: ready-test ## the suite on SQLite only
	@HRMS_TEST_DATABASE=sqlite $(PYTEST)

test-postgresql: ready-test ## the suite on PostgreSQL only
	@HRMS_TEST_DATABASE=postgresql $(PYTEST)

browser: ready-test ## only the tests that drive a real browser
	@$(PYTHON) -m pytest -q -m "browser and not tour"

tour: ready-test ## whole stories played in a real browser, outside `make test`
	@$(PYTHON) -m pytest -q -m tour

bench: ready-test ## the numbers: boot, calculation, import, lists (NAMES="boot calc" chooses)
	@$(PYTHON) benchmarks/run.py $(NAMES)

bench-openfisca: ready-test ## the rule of Điều 7 NĐ 178 here and in OpenFisca-Core (in var/bench-venv, not our lock)
	@[ -x var/bench-venv/bin/python ] || $(PYTHON) -m venv var/bench-venv
	var/bench-venv/bin/python -m pip install -q --require-hashes -r requirements-bench.lock
	$(PYTHON) benchmarks/bench_openfisca.py

schemathesis: ready-test ## the REST API against its own description (in var/schemathesis-venv, not our lock)
	@[ -x var/schemathesis-venv/bin/python ] || $(PYTHON) -m venv var/schemathesis-venv
	var/schemathesis-venv/bin/python -m pip install -q --require-hashes -r requirements-schemathesis.lock
	$(PYTHON) tools/check_api.py $(CURDIR)/var/schemathesis-venv/bin/schemathesis

lint: ready-test ## ruff, mypy, the house's layers
	@.venv/bin/ruff check .
	.venv/bin/mypy config.py run.py policies hrms models views reports
	.venv/bin/lint-imports

lock: ready-test ## resolve requirements*.in into the lock files (needs uv: pip install uv, anywhere)
	@for name in requirements requirements-dev requirements-bench requirements-dask requirements-schemathesis; do
	  uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	    --no-header --no-annotate $$name.in -o $$name.lock
	done

messages: ready-test ## collect the sentences of code and templates into the catalogues
	@$(PYTHON) tools/messages.py

migration: ready-test ## write a migration from the models: make migration M="why"
	@$(PYTHON) tools/migration.py "$(M)"

clean: ## caches and the environment; never the data in var/
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +
	find translations -name '*.mo' -delete
