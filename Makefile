# The two commands a newcomer needs: `make run` and `make test`. Both do all the set-up.
PY ?= python3
V := .venv
BIN := $(V)/bin
PORT ?= 8000
export UV_SYSTEM_CERTS := 1
export UV_PYTHON_DOWNLOADS := never

.PHONY: run test check

$(BIN)/uv: requirements/uv.lock
	@echo "── Making the virtual environment $(V)"
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: install it, or say where it is: make PY=python3.12"; exit 1; }
	@$(PY) -m venv $(V) || { echo "Python's venv module is missing: install it (Debian: apt-get install python3-venv)"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.lock
	@touch $@

$(V)/.dev: $(BIN)/uv requirements/dev.lock
	@echo "── Installing the locked dependencies"
	@$(BIN)/uv pip sync --quiet --require-hashes --python $(BIN)/python requirements/uv.lock requirements/dev.lock
	@touch $@
