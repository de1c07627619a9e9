# Each target works alone on a fresh clone with Python >= 3.11, git and make.
PYTHON ?= python3
BIN := .venv/bin
export PYTHONDONTWRITEBYTECODE ?=

.PHONY: demo test check chaos bench lock install clean

demo: .venv/.run
	$(BIN)/gangting demo $(ARGS)

install: .venv/.run

test: .venv/.dev
	$(BIN)/pytest -n 2 $(ARGS)

check: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n 2 $(ARGS)

chaos: .venv/.dev
	$(BIN)/python -m tests.chaos.run $(ARGS)

bench: .venv/.dev
	$(BIN)/python -m tests.bench.run $(ARGS)

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "gangting needs Python 3.11 or newer: make PYTHON=python3.12 ...")'
	@$(PYTHON) -m venv .venv || (echo "python venv is missing; on Debian: apt install python3-venv" >&2; rm -rf .venv; exit 1)
	@touch $@

.venv/.run: .venv/.made requirements.txt pyproject.toml
	@echo "installing the locked packages into .venv (about half a minute) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: .venv/.made requirements-dev.txt pyproject.toml
	@echo "installing the locked packages for tests into .venv (about a minute) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@ .venv/.run

# Needs uv; the lock files carry hashes and no addresses.
lock:
	UV_NO_CONFIG=1 uv pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --group build pyproject.toml -o requirements.txt
	UV_NO_CONFIG=1 uv pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --group dev --all-extras pyproject.toml -o requirements-dev.txt

clean:
	rm -rf .venv gangting-demo
