# The two commands: `make run` and `make test`. Everything they need is set up on the way.
PORT ?= 8000
HOST ?= 127.0.0.1
PYTHON ?= python3
UV := var/tools/uv/bin/uv
UV_VERSION := 0.13.9
# A second opinion on contracts, in an environment of its own: it wants an older DuckDB.
DATACONTRACT_VERSION := 1.2.8
export UV_LINK_MODE ?= copy
export UV_PYTHON ?= $(PYTHON)

.DEFAULT_GOAL := help

help: ## say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "tinhdata needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 run"; exit 1; }
	$(PYTHON) -m venv var/tools/uv
	var/tools/uv/bin/pip install --quiet uv==$(UV_VERSION)

var/tools/.run: $(UV) pyproject.toml uv.lock
	$(UV) sync --locked --no-dev --inexact --quiet
	@touch $@

var/tools/.test: $(UV) pyproject.toml uv.lock
	$(UV) sync --locked --quiet
	@touch $@ var/tools/.run

var/tools/.datacontract-$(DATACONTRACT_VERSION): $(UV)
	$(UV) venv --quiet --clear var/tools/datacontract
	$(UV) pip install --quiet --python var/tools/datacontract/bin/python datacontract-cli==$(DATACONTRACT_VERSION)
	@touch $@

var/tools/.bench: $(UV) benchmarks/requirements.txt
	$(UV) venv --quiet --clear var/tools/bench
	$(UV) pip install --quiet --python var/tools/bench/bin/python -r benchmarks/requirements.txt
	@touch $@

peers: var/tools/.bench ## set up the peers that the measurements run beside ours

second-opinion: var/tools/.datacontract-$(DATACONTRACT_VERSION) ## set up datacontract-cli, which the tests ask for a second opinion

assets: var/tools/.run package-lock.json
	@.venv/bin/python tools/assets.py

package-lock.json:

run: var/tools/.run assets ## set up all, load the pack, serve (PORT=8000)
	.venv/bin/tinhdata serve --demo --host $(HOST) --port $(PORT)

setup: var/tools/.test assets ## set up what development and tests need

check: setup ## format, lint, types, import rules
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

# Pieces for two cores, the longest first; all other tests are one more.
LANES := 2
PIECES := \
  tests/browser,tests/journeys \
  tests/integration/intake,tests/integration/quality \
  tests/integration/sources,tests/crash \
  tests/integration/deliveries \
  tests/integration/web,tests/integration/api,tests/integration/cli \
  tests/contracts,tests/conformance \
  tests/house,tests/unit

test: check second-opinion ## set up all, check all, run every test
	.venv/bin/python tools/lanes.py $(LANES) $(PIECES)

soak: setup ## the long runs; writes a dated report into docs/reports/
	.venv/bin/python -m pytest -q -m soak tests/conformance
	.venv/bin/python tools/soak.py

docs: setup ## regenerate the reference pages from the code
	.venv/bin/python tools/reference.py
	.venv/bin/tinhdata dictionary draft --pack packs/thai-nguyen --out packs/thai-nguyen/samples

bench: setup peers ## run every measurement beside its peer; writes docs/reference/performance.md
	for script in benchmarks/bench_*.py; do .venv/bin/python -m benchmarks.$$(basename $$script .py) || exit 1; done
	.venv/bin/python -m benchmarks.page

.PHONY: help assets run setup check test second-opinion soak docs peers bench
