# The two commands a newcomer needs: `make run` and `make test`. Both do all the set-up.
PY ?= python3
V := .venv
BIN := $(V)/bin
PORT ?= 8000
JOBS ?= 2
LANGUAGES := fi sv
CATALOGUES := booking/translations
# Fixes what uv may do: the machine's own certificates and Python, nothing fetched in their place.
export UV_SYSTEM_CERTS := 1
export UV_PYTHON_DOWNLOADS := never
export PORT

SYNC = $(BIN)/uv pip sync --quiet --require-hashes --python $(BIN)/python requirements/installer.lock
COMPILE = $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header --no-annotate
FLASK = $(BIN)/flask --app booking
PYTEST = $(BIN)/python -m pytest $(ARGS)
COMPILED = $(patsubst %.po,%.mo,$(wildcard $(CATALOGUES)/*/LC_MESSAGES/messages.po))

.NOTPARALLEL:
.PHONY: help run test check soak bench vendor pictures lock translations postgres

help: ## what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ── The set-up ────────────────────────────────────────────────────────────────────────────────

$(BIN)/uv: requirements/installer.lock
	@echo "── Making the virtual environment $(V)"
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: install it, or say where it is: make PY=python3.12"; exit 1; }
	@$(PY) -m venv $(V) || { echo "No virtual environment could be made; if Python's venv module is missing, install it (Debian: apt-get install python3-venv)"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/installer.lock
	@touch $@

$(V)/.dev: $(BIN)/uv requirements/dev.lock
	@echo "── Installing the locked dependencies"
	@$(SYNC) requirements/dev.lock
	@touch $@

# Whoever only wants to look needs no test tools; but where they are, they stay.
$(V)/.run: $(BIN)/uv requirements/run.lock
	@if [ -e $(V)/.dev ]; then $(MAKE) --silent $(V)/.dev; \
	else echo "── Installing the locked dependencies" && $(SYNC) requirements/run.lock; fi
	@touch $@

$(CATALOGUES)/%/LC_MESSAGES/messages.mo: $(CATALOGUES)/%/LC_MESSAGES/messages.po | $(V)/.run
	@echo "── Compiling the translations: $*"
	@$(BIN)/pybabel --quiet compile --locale $* --input-file $< --output-file $@

postgres: $(V)/.dev ## find a PostgreSQL for the tests, or install one beside the project
	@$(BIN)/python -m scripts.postgres

# ── The commands ──────────────────────────────────────────────────────────────────────────────

run: export DEMO := 1
run: $(V)/.run $(COMPILED) ## the demo city on http://127.0.0.1:8000 (PORT, DATABASE_URL)
	@echo "── Bringing the database up to date"
	@$(FLASK) db upgrade
	@echo "── Loading the demo city, unless it is there"
	@$(FLASK) demo load
	@echo "── Starting the server"
	@exec $(BIN)/gunicorn --config scripts/demo_server.py booking.wsgi:app

test: $(V)/.dev $(COMPILED) postgres ## everything a change must pass, on both engines, with a browser (ARGS)
	@$(BIN)/python -m scripts.chromium
	@$(PYTEST) --numprocesses $(JOBS) --dist loadfile

soak: $(V)/.dev $(COMPILED) postgres ## the long proofs (races, kills, load) in full
	@SOAK=1 $(PYTEST) -m soak

check: $(V)/.dev $(COMPILED) postgres ## format, lint, types, imports, migrations, translations, templates
	@$(BIN)/python -m scripts.check $(ARGS)

bench: $(V)/.dev $(COMPILED) postgres ## what the product costs, as ratios
	@$(BIN)/python -m benchmarks $(ARGS)

vendor: $(V)/.dev ## make the vendor folders anew from the packages that their manifests name
	@$(BIN)/python scripts/vendor.py

pictures: $(V)/.dev $(COMPILED) ## take the pictures of the documentation, of a demo that it starts and stops
	@$(BIN)/python -m scripts.pictures

lock: $(BIN)/uv ## resolve the dependencies of pyproject.toml anew (ARGS=--upgrade)
	@$(COMPILE) $(ARGS) --output-file requirements/run.lock
	@$(COMPILE) $(ARGS) --group dev --constraints requirements/run.lock --output-file requirements/dev.lock

translations: $(V)/.dev ## bring the catalogues of messages up to date with the code
	@$(BIN)/python -m scripts.translations $(LANGUAGES)
