# What a person types. `make demo` and `make test` set up all they need.
SHELL := /bin/bash
UV_VERSION := 0.13.9
FROM ?= 2023-05
TO ?= 2023-07
# The first interpreter that is new enough; PYTHON=... names another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup demo up down status sql docs test lint lock clean

help: ## Show this
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: .venv/complete ## Install everything into .venv, exactly as locked

.venv/complete: requirements-dev.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed; say which with PYTHON=..."; exit 1; }
	@echo "Installing into .venv with $$($(PYTHON) --version): about a minute"
	@rm -rf .venv
	@$(PYTHON) -m venv .venv || { echo "The venv module is missing: on Debian, apt install python3-venv"; exit 1; }
	@$(BIN)/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --no-deps -r requirements-dev.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

demo: setup ## Run three months of a whole province and show the results (FROM=2023-05 TO=2023-07)
	@$(BIN)/rollcall demo --from $(FROM) --to $(TO)

up: setup ## Start PostgreSQL, Airflow and the demo offices (OFFICES=no: without these)
	@$(BIN)/rollcall up --from $(FROM) --to $(TO) $(if $(filter no,$(OFFICES)),--no-offices)

down: ## Stop everything
	@test ! -x $(BIN)/rollcall || $(BIN)/rollcall down

status: setup ## What runs, and how far the periods are
	@$(BIN)/rollcall status

sql: setup ## Ask the warehouse: make sql Q="select ..."
	@$(BIN)/rollcall sql "$(Q)"

docs: setup ## Document the marts: columns, lineage, who reads them
	@$(BIN)/rollcall docs

test: setup ## Run all tests: unit, DAG rules, integration, end to end
	@$(BIN)/python -m pytest

lint: setup ## Format, lint and types, of Python and SQL
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/sqlfluff lint --disable-progress-bar dbt_project/models

lock: setup ## Resolve the dependencies anew; names no host
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make lock" --extra demo pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make lock" --extra demo --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean: down ## Remove .venv and everything the demo made
	rm -rf .venv .rollcall
