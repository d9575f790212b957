# Every target sets itself up in .venv from a lock with hashes.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.ready
DEV_STAMP := $(VENV)/.ready-dev
TOOLS_STAMP := $(VENV)/.ready-tools
CATALOGUES := $(wildcard content/*/LC_MESSAGES/emtihan.po)
COMPILED := $(CATALOGUES:.po=.mo)

.DEFAULT_GOAL := help
.PHONY: help demo run test lint bench check lock sbom audit fuzz clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(RUN_STAMP) $(COMPILED) ## bot, local Bot API server and phones in the browser, with a sample university
	@exec $(BIN)/emtihan demo $(ARGS)

run: $(RUN_STAMP) $(COMPILED) ## serve the bot (needs EMTIHAN_TOKEN)
	@exec $(BIN)/emtihan run

test: lint ## lint, then every test
	$(BIN)/python -m pytest -n 3 --dist worksteal $(ARGS)

lint: $(DEV_STAMP) $(COMPILED) ## ruff, mypy --strict, import contracts, content check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/emtihan check --content-only

check: $(RUN_STAMP) $(COMPILED) ## configuration, database, content and policies
	@$(BIN)/emtihan check

bench: $(DEV_STAMP) $(COMPILED) ## measure; figures as ratios taken in one run
	$(BIN)/python -m bench $(ARGS)

lock: $(DEV_STAMP) ## resolve the dependencies anew (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --group build pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --group build --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --group pyproject.toml:tools -c requirements-dev.lock -o requirements-tools.lock

sbom: $(TOOLS_STAMP) ## the parts of the program with their hashes, as CycloneDX, from the lock
	@$(BIN)/python ops/sbom.py $(or $(ARGS),sbom.json)

audit: $(TOOLS_STAMP) ## known weaknesses of what the lock pins, where the advisory service answers
	@$(BIN)/python ops/audit.py

fuzz: $(TOOLS_STAMP) $(COMPILED) ## parsers under bytes nobody thought of (ARGS="tables --minutes 5")
	@$(BIN)/python -m tests.fuzz $(ARGS)

clean: ## remove what the targets made
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .hypothesis $(COMPILED)

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(DEV_STAMP): requirements-dev.lock $(RUN_STAMP)
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

$(TOOLS_STAMP): requirements-tools.lock $(DEV_STAMP)
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-tools.lock
	@touch $@

%.mo: %.po $(RUN_STAMP)
	@$(BIN)/pybabel -q compile -i $< -o $@
