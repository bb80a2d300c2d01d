# make demo    a look around, with Python 3.11 and make alone
# make test    lint, types, import floors and every test
# make bench   the measurements of benchmarks/

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
# Servers and big wheels are for those who have them: `make test EXTRAS=...,clickhouse`.
EXTRAS ?= cli,duckdb,index,mysql,parquet,postgres,repl,text,zstd
PIP = $(BIN)/python -m pip --disable-pip-version-check -q install

.PHONY: help demo test lint format bench docs clean
.DELETE_ON_ERROR:

help:
	@sed -n 's/^# make/make/p' Makefile

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# Two stamps, so that the demo needs no development tools and a second run installs nothing.
$(VENV)/.demo: pyproject.toml | $(BIN)/python
	$(PIP) -e '.[cli,index,repl,text]'
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	$(PIP) 'pip>=25.1'
	$(PIP) -e '.[$(EXTRAS)]' --group dev
	@touch $@ $(VENV)/.demo

$(VENV)/.bench: $(VENV)/.dev
	$(PIP) --group bench
	@touch $@

demo: $(VENV)/.demo
	@$(BIN)/python -m booruql.app.demo

lint: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

test: lint
	$(BIN)/python -m pytest

format: $(VENV)/.dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(VENV)/.dev
	$(BIN)/python tools/make_docs.py

# BENCH holds options, as in `make bench BENCH='--only reading --rounds 3'`.
bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks --json bench.json --picture bench.svg $(BENCH)

clean:
	rm -rf $(VENV) dist build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
