# Needs Python >= 3.11, git and make. Everything is installed into .venv from the lock files, once;
# after that no target but `lock` uses the network.

PORT ?= 8080
PYTHON ?= python3
SOAK   ?= full

VENV := .venv
BIN  := $(VENV)/bin
PIP   = $(BIN)/python -m pip --disable-pip-version-check -qq
PYTEST = $(BIN)/python -m pytest -q --dist worksteal
CODE := $(wildcard bot adapters handlers storage tests)

export PYTHONUTF8 := 1
# Compiled modules are kept: the tests import them in many processes.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install demo test soak bench lock clean
.NOTPARALLEL:
.DELETE_ON_ERROR:

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name text; do printf '  make %-9s %s\n' "$$name" "$$text"; done

install: $(VENV)/.dev ## create .venv and install everything, tools for the tests included

demo: $(VENV)/.run ## serve the sample organisation and the playground on http://127.0.0.1:8080/ (PORT=…)
	@exec $(BIN)/python -m bot demo --port $(PORT)

test: install ## format, lint, types, tests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy --strict $(CODE)
	@$(PYTEST) -n 4 -m 'not long' # they wait for emulated messengers half of their time: more of them than cores

soak: install ## the long proofs: kills, races, simulated months, all transcripts on PostgreSQL, browsers (SOAK=short for fewer rounds)
	@SOAK=$(SOAK) $(BIN)/python -m pytest -o faulthandler_timeout=0 tests/soak
	@$(PYTEST) -n 2 -m long

bench: install ## the benchmarks, as ratios against their floor
	@$(BIN)/python -m tests.bench

# A stamp is newer than what was installed from: a second run does nothing.
# The build backend is in requirements.lock, so that the project itself installs without isolation, that is without network.
$(VENV)/.run: requirements.lock pyproject.toml
	$(if $(wildcard $(BIN)/pip),,$(require-python))
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	@echo 'installing what the bot needs into $(VENV) …'
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	@echo 'installing what its tests need …'
	@$(PIP) install --require-hashes -r requirements.lock -r requirements-dev.lock
	@touch $@

# $(error) says it in one line where a failing command would add make's own.
define require-python
$(if $(shell $(PYTHON) -c 'import sys; print("" if sys.version_info < (3, 11) else "ok")' 2>/dev/null),,$(error \
$(PYTHON) is missing or older than Python 3.11; name another one: make PYTHON=/path/to/python3.11))
$(if $(shell $(PYTHON) -c 'import venv, ensurepip; print("ok")' 2>/dev/null),,$(error \
$(PYTHON) has no venv module; on Debian and Ubuntu: apt install python3-venv))
endef

LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links
BUILD = $(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")'

lock: install ## resolve requirements*.lock anew from pyproject.toml (network)
	@$(PIP) install uv
	@$(BUILD) | $(LOCK) --upgrade pyproject.toml - --output-file requirements.lock
	@$(LOCK) --upgrade pyproject.toml --extra dev --constraint requirements.lock --output-file requirements-dev.lock \
		$$(sed -n 's/^\([a-z0-9-]*\).*==.*/--no-emit-package \1/p' requirements.lock)

clean: ## remove .venv and every cache
	@rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis dist
	@find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +
