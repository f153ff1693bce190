# What one does with Comptoir; `make` alone prints the list.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-builtin-rules --no-print-directory

PYTHON ?= python3
PORT ?= 8000
PORTAL_DATA_DIR ?= $(CURDIR)/data
BIN := .venv/bin
PYTEST := $(BIN)/pytest
# Node comes from a wheel, so it lies there too.
export PATH := $(CURDIR)/$(BIN):$(PATH)

DEMO := PORTAL_DEMO=true PORT=$(PORT) PORTAL_DATA_DIR="$(PORTAL_DATA_DIR)"
LOCK := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header
# Two at once, each file of tests on one of them, in their order: a browser waits more than it works.
SIDE_BY_SIDE := -n 2 --dist loadfile --no-loadscope-reorder
CODE := portal_app tests scripts bench alembic rxconfig.py

.PHONY: help
help: ## Print this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## (.*)/  make \1 \2/' \
	  | awk '{ printf "  make %-12s", $$2; for (i = 3; i <= NF; i++) printf " %s", $$i; print "" }'

# --- running ---------------------------------------------------------------------------------------------

.PHONY: run
run: build ## Serve the demo on http://localhost:8000 (PORT and PORTAL_DATA_DIR choose where)
	@$(DEMO) scripts/demo
	@$(DEMO) $(BIN)/python -m portal_app.serve

.PHONY: serve
serve: build ## Serve by the settings in the environment and .env (see .env.example)
	@$(BIN)/python -m portal_app.cli migrate
	@$(BIN)/python -m portal_app.serve

.PHONY: cluster
cluster: build ## Serve the demo from two web processes and two workers behind HAProxy, https://127.0.0.1:8443
	@$(BIN)/python -m scripts.with_services $(BIN)/python -m scripts.cluster

.PHONY: build
build: install ## Build both languages of the site; nothing happens when nothing changed
	@$(BIN)/python -m scripts.build_site

.PHONY: install
install: $(BIN)/python ## Make .venv and install what the product needs
	@scripts/install requirements.txt

.PHONY: install-dev
install-dev: install
	@scripts/install requirements-dev.txt

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Comptoir needs Python 3.11 or newer: make PYTHON=python3.12 …" if sys.version_info < (3, 11) else 0)'
	@echo "Making .venv …"
	@$(PYTHON) -m venv .venv

# --- checking --------------------------------------------------------------------------------------------

.PHONY: test
test: install-dev build ## Everything that needs no server of its own; PostgreSQL and Redis where they answer
	@$(PYTEST) -n 2 -rs -m "not browser and not served and not year"

.PHONY: year
year: install-dev ## A firm lives a year: 300 clients, 3,000 requests, against an independent reference; about an hour
	@$(BIN)/pytest -n 0 -rs -m year

.PHONY: faults
faults: install-dev build ## 200 kills of a server and of a worker, restarts of PostgreSQL and Redis; prints what was lost (KILLS=…)
	@PORTAL_TEST_KILLS=$${KILLS:-200} PORTAL_TEST_REQUESTS=$${REQUESTS:-300} PORTAL_TEST_RESTARTS=$${RESTARTS:-60} \
	  $(BIN)/pytest -n 0 -rs tests/files/test_kills.py tests/drills

.PHONY: e2e
e2e: install-dev build ## Whole journeys, in a real Chromium against a served portal
	@$(PYTEST) -rs -m "served and not browser"
	@PORTAL_TEST_CHROMIUM="$$(scripts/chromium)" $(PYTEST) $(SIDE_BY_SIDE) -rs -m browser tests/browser
	@PORTAL_TEST_CHROMIUM="$$(scripts/chromium)" $(PYTEST) -rs -m browser tests/build

.PHONY: lint
lint: install-dev ## Style, types, layers
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/ruff format --check $(CODE)
	@$(BIN)/mypy
	@$(BIN)/lint-imports

.PHONY: check
check: lint ## Everything that must hold: lint, then all tests, with PostgreSQL, Redis and Chromium
	@CI=true $(BIN)/python -m scripts.with_services $(MAKE) PYTEST="$(BIN)/python -m scripts.twice" test e2e

.PHONY: audit
audit: install-dev ## Ask the advisory databases about every locked package, and write sbom.json (CycloneDX)
	@$(BIN)/pip-audit --requirement requirements.txt --no-deps --disable-pip --progress-spinner off
	@$(BIN)/pip-audit --requirement requirements.txt --no-deps --disable-pip --progress-spinner off --format cyclonedx-json --output sbom.json

.PHONY: bench
bench: install-dev build ## Measure the figures and write docs/benchmarks.md
	@$(BIN)/python -m bench

bench-%: install-dev build
	@$(BIN)/python -m bench $*

.PHONY: screenshots
screenshots: install-dev build ## Every page at 360, 768 and 1440 px, in both languages, into test-results/screenshots
	@PORTAL_TEST_CHROMIUM="$$(scripts/chromium)" $(BIN)/python -m scripts.screenshots

# --- changing --------------------------------------------------------------------------------------------

.PHONY: format
format: install-dev ## Put the code into its form, and docs/security.md, rules.md and permissions.md in step
	@$(BIN)/ruff check --fix $(CODE)
	@$(BIN)/ruff format $(CODE)
	@$(BIN)/python -m scripts.promises
	@$(BIN)/python -m scripts.rules
	@$(BIN)/python -m scripts.permissions

.PHONY: migration
migration: install-dev ## Write a migration from the models: make migration NAME="add a column"
	@test -n "$(NAME)" || { echo 'Name it: make migration NAME="what it does"'; exit 1; }
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT \
	  && export PORTAL_DATABASE_URL="sqlite:///$$folder/portal.db" \
	  && $(BIN)/alembic upgrade head && $(BIN)/alembic revision --autogenerate -m "$(NAME)"

.PHONY: lock
lock: install-dev ## Choose versions anew: requirements*.txt and reflex.lock
	@$(LOCK) requirements.in -o requirements.txt
	@$(LOCK) requirements-dev.in -o requirements-dev.txt
	@scripts/install requirements.txt && scripts/install requirements-dev.txt
	@rm -rf .web .web-* reflex.lock && $(BIN)/python -m scripts.build_site --force
