SHELL := /bin/bash
PYTHON_IN_VENV := .venv/bin/python
# One process more than there are cores, for tests wait for servers and browsers; at most eight.
WORKERS ?= $(shell cores=$$(getconf _NPROCESSORS_ONLN); echo $$(( cores < 8 ? cores + 1 : 8 )))
# Compiled tests are kept, whatever the environment says: each worker would compile all of them anew.
PYTEST := PYTHONDONTWRITEBYTECODE= $(PYTHON_IN_VENV) -m pytest -n $(WORKERS) --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help setup system-packages run test test-all test-rest long faults check mutants migrations-in-step bench lock screenshots format

help: ## Say what each target does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "make %-12s %s\n", $$1, $$2 }'

setup: ## Install what the product needs into this folder (quick when there is nothing to do)
	@scripts/setup.sh

system-packages:
	@scripts/system_packages.sh

run: setup ## Start the product with demo data, its scheduler and a mail catcher
	@$(PYTHON_IN_VENV) -m scripts.run_demo

test: setup system-packages ## Run the tests of every change: five minutes on two cores
	@$(PYTEST) --selection short

test-all: setup system-packages ## Run every test on both databases and every screen, but for the long ones
	@$(PYTEST) --selection all

test-rest: setup system-packages ## Run what `make test-all` has and `make test` leaves out
	@$(PYTEST) --selection rest

long: setup system-packages ## Run the long tests: processes killed and raced for minutes, large numbers of examples, three years of emails
	@$(PYTEST) --selection long
	@$(PYTHON_IN_VENV) -m scripts.lives

faults: setup system-packages ## Run only the long tests of faults: processes killed, paused and raced
	@$(PYTEST) tests/faults --selection long

check: setup system-packages ## Run the formatter, linters, type checker, secret scan, migration check, then `make test-all`
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@$(PYTHON_IN_VENV) -m mypy
	@.venv/bin/lint-imports
	@scripts/secret_scan.sh
	@$(MAKE) --no-print-directory migrations-in-step
	@$(MAKE) --no-print-directory test-all

# Builds an empty database from the migrations and compares it with the models.
migrations-in-step:
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	export DATABASE_URL="sqlite:///$$folder/check.sqlite3" SECRET_KEY=only-for-this-check-only-for-this-check && \
	$(PYTHON_IN_VENV) -m flask --app wsgi db upgrade && \
	$(PYTHON_IN_VENV) -m flask --app wsgi db check

mutants: setup ## Put faults into the rules, and count those that no test notices (AREA=policies; at most 30 minutes)
	@$(PYTHON_IN_VENV) -m scripts.mutants $(AREA)

bench: setup system-packages ## Measure the product's speed
	@$(PYTHON_IN_VENV) -m bench

screenshots: setup system-packages ## Take the pictures in the documentation anew
	@$(PYTHON_IN_VENV) -m scripts.screenshots

format: setup ## Format the code and mend what the linter can mend
	@.venv/bin/ruff check --fix-only .
	@.venv/bin/ruff format .

LOCK := uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --custom-compile-command "make lock"

lock: ## Write the locks anew from pyproject.toml and package.json (needs uv; UPGRADE=1 takes newer versions)
	@$(LOCK) $(if $(UPGRADE),--upgrade) --output-file requirements.lock
	@$(LOCK) $(if $(UPGRADE),--upgrade) --group dev --constraint requirements.lock --output-file requirements-dev.lock
	@npm $(if $(UPGRADE),update,install) --package-lock-only
