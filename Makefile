# What one does with Comptoir. `make` alone prints this list.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
export REFLEX_USE_NPM := 1
export npm_config_omit_lockfile_registry_resolved := true

PORT ?= 8000
PORTAL_DATA_DIR ?= $(CURDIR)/data

.PHONY: help
help: ## Print this list
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

# A stamp holds the hash of what was installed: installing again costs nothing when nothing changed.
.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Comptoir needs Python 3.11 or newer: make PYTHON=python3.12 run")'
	$(PYTHON) -m venv .venv

.PHONY: install
install: .venv/bin/python ## Make .venv and install what the product needs
	@scripts/install requirements.txt

.PHONY: install-dev
install-dev: install
	@scripts/install requirements-dev.txt

.PHONY: build
build: install ## Build both languages of the site (nothing happens when nothing changed)
	@$(BIN)/python -m scripts.build_site

.PHONY: run
run: build ## Serve the demo on http://localhost:8000 (PORT and PORTAL_DATA_DIR choose where)
	@PORTAL_DEMO=true PORT=$(PORT) PORTAL_DATA_DIR=$(PORTAL_DATA_DIR) scripts/serve
