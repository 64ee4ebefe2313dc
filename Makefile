# Needs Python 3.11 or newer, Git and make; everything else goes into .venv and .peers here.
PYTHON ?= python3
FUZZ_S ?= 1800
BIN := .venv/bin
READY := .venv/ready
PEERS := $(CURDIR)/.peers
# Without compiled modules each test process takes 6 s longer to begin, and each gitseal twice as long.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo studio test tests check lint format peers bench fuzz dist zipapp clean

help:
	@echo 'make demo     the main job on a small web application, in this clone, which stays clean'
	@echo 'make studio   the page on your machine, with the values of this repository'
	@echo 'make test     the tests, but for the slow ones'
	@echo 'make check    lint, types, floors, generated files, then all tests: what CI runs'
	@echo 'make format   put the code and the generated help into their one shape'
	@echo 'make peers    fetch the tools that some tests and the benchmarks compare with, as far as possible; HEAVY=1: a Gitea too'
	@echo 'make bench    measure the budgets, and gitseal beside other tools, and write docs/benchmarks.md'
	@echo 'make fuzz     the random tests for FUZZ_S seconds, 1800 without it; the next run goes on from there'
	@echo 'make dist     wheel and sdist of the commit that is checked out, in dist/: the same bytes from the same commit'
	@echo 'make zipapp   one file for hosts without pip, dist/gitseal.pyz; EXTRAS=aws,studio: with these extras'
	@echo 'make clean    remove everything that make made'

# Made once, and again when what it should hold has changed.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'gitseal needs Python 3.11 or newer: make PYTHON=/path/to/python3.11' >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -I -m venv .venv
	PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(READY)
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash examples/demo.sh

studio: $(READY)
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash examples/studio.sh

# Laws are tried with a few inputs here and with more in `check`.
test: $(READY)
	@$(BIN)/python -m pytest -n auto --dist worksteal -m 'not slow' --hypothesis-profile=few

# pytest comes last: its closing line ends the run.
check: lint tests

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	PATH="$(CURDIR)/$(BIN):$$PATH" tools/generated check

# All of them; `check` has it, and CI after its lint, in whose time it fetches the peers.
tests: $(READY)
	$(BIN)/python -m pytest -n auto --dist worksteal

format: $(READY)
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .
	PATH="$(CURDIR)/$(BIN):$$PATH" tools/generated write

peers:
	@HEAVY="$(HEAVY)" tools/peers "$(PEERS)"

# The peers come before the machine's own: they have the versions that the page tells.
bench: $(READY)
	@PATH="$(CURDIR)/$(BIN):$(PEERS)/bin:$$PATH" $(BIN)/python -m bench.run $(BENCH)

fuzz: $(READY)
	@FUZZ_S="$(FUZZ_S)" $(BIN)/python -m bench.fuzz $(FUZZ)

dist: $(READY)
	@PYTHON="$(CURDIR)/$(BIN)/python" tools/dist dist

zipapp: $(READY)
	@PYTHON="$(CURDIR)/$(BIN)/python" tools/zipapp dist/gitseal.pyz "$(EXTRAS)"

clean:
	rm -rf .bench .fuzz dist .venv .peers .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests bench -name __pycache__ -prune -exec rm -rf {} +
