# From a machine with Python >= 3.11 and make: `make up` runs everything here, `make test` checks everything.
# Each installs what it needs first, into .venv, quietly and once; no root.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
UV ?= uv
VENV := .venv
BIN := $(VENV)/bin
# Programs of others that ours are held against: a foreign verifier, a foreign tree, a reader of PDF/A. Run as processes of their own, never imported.
PEERS := .venv-peers
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input
LOCKED := $(PIP) --no-deps --no-build-isolation --require-hashes
# A process miner with half a gigabyte of what it needs, and AGPL: for `make bench` alone.
MINING := .venv-mining
# A test that stands still tells where.
PYTEST := $(BIN)/python -m pytest -o faulthandler_timeout=300

PACKAGES := contracts rules sandbox tlog verify witness chassis letters services/intake services/notify services/certificates services/umkm services/integrity services/audit operations
# Every branch of these is taken by a test.
PURE := rules/*,tlog/*,witness/zi_witness/rule.py,services/*/zi_*/roles.py,services/*/zi_*/domain/*
# The same as modules: to follow each step of all the others takes as long again.
COUNTED := zi_rules zi_tlog zi_witness.rule $(foreach place,$(wildcard services/*/zi_*/domain services/*/zi_*/roles.py),\
	$(notdir $(patsubst %/,%,$(dir $(place)))).$(basename $(notdir $(place))))

# A project and passwords of its own, so that the test never touches the volumes of a house in use.
COMPOSE := docker compose --project-name zona-test --env-file .env.test --env-file deploy/demo/compose.env --profile demo

# A long run draws their examples anew.
INVENTED = $(sort $(shell grep -rlE --include='test_*.py' '@given' tests))
# Only the files that have one: to read all the others takes each worker half a minute.
JOURNEYS = $(sort $(shell grep -rlE --include='test_*.py' 'mark\.(journey|browser)' tests))

# What is compiled once is not compiled by each process of each house again.
unit journeys: export PYTHONDONTWRITEBYTECODE =

.PHONY: up test check check-and-unit unit journeys bench documents bundle compose-test soak alarms chaos lock clean help

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /  make \1	/' | expand -t 22

up: $(VENV)/.installed  ## everything on this machine, until Ctrl-C
	@exec $(BIN)/python -m deploy.embedded

test: check-and-unit journeys  ## all checks and tests

# One processor is enough for mypy: the other one begins with the tests.
check-and-unit:
	@$(MAKE) --no-print-directory --jobs=2 check unit

check: $(VENV)/.tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(PACKAGES) deploy/embedded deploy/demo bench
	$(BIN)/lint-imports --no-logo

# Much of a unit test is waiting: three at a time keep two cores busy, and five took as long. Whoever is done takes over from whoever is not.
# A first look compiles what all of them would compile at the same time; what is wrong the second one tells.
unit: $(VENV)/.tested $(PEERS)/.installed
	-@$(PYTEST) --collect-only -qq > /dev/null
	$(PYTEST) -n 3 --dist worksteal -m "not journey and not browser and not compose and not long" $(COUNTED:%=--cov=%) --cov-report=
	$(BIN)/coverage report --skip-covered --show-missing --fail-under=100 --include='$(PURE)'

# A third of a journey is waiting: three at a time keep two cores busy, and four took longer. Python 3.11 can't read a source within a browser's
# greenlet, so that a failure's usual report ends the whole run: the plain one does not.
journeys: $(VENV)/.tested $(PEERS)/.installed
	$(PYTEST) -n 3 --dist loadfile --no-loadscope-reorder -m "(journey or browser) and not compose and not long" --tb=native --durations=5 $(JOURNEYS)

bench: $(VENV)/.tested $(PEERS)/.installed $(MINING)/.installed  ## how fast this machine runs it, beside its own limits; needs wrk
	$(BIN)/python -W ignore -m bench

documents: $(VENV)/.tested  ## what is made from the code: catalogue of messages, titles for the verifier, tables of roles and routes
	$(BIN)/python -m zi_contracts.catalogue docs
	$(BIN)/python -m zi_contracts.event_words
	$(BIN)/python -m tests.who_may
	$(BIN)/python -m tests.web
	$(BIN)/python -m tests.deploy.metrics_page
	$(BIN)/python -m tests.deploy.release_file
	$(BIN)/python -m bench.alarm_faults page
	$(BIN)/python -m bench.sizing page
	$(BIN)/python -m bench.chaos page

bundle: $(VENV)/.installed  ## a folder for an office without internet: sources, packages, images; BUNDLE=--without-images needs no docker (docs/install.md)
	@$(BIN)/python -m deploy.bundle bundle $(BUNDLE)

compose-test: $(VENV)/.tested .env.test  ## the same journeys against a real `docker compose up`, its backups and a drill; needs a docker engine
	@docker info >/dev/null 2>&1 || { echo "No docker engine answers. Start one, or point DOCKER_HOST to it."; exit 1; }
	@docker compose version >/dev/null 2>&1 || { echo "docker has no compose plugin here. Install docker-compose."; exit 1; }
	$(COMPOSE) --profile tools build
	$(COMPOSE) up --detach --wait --wait-timeout 180 || \
		{ $(COMPOSE) ps --all; $(COMPOSE) logs --tail 20; $(COMPOSE) down --volumes --timeout 10; exit 1; }
	status=0; ZONA_URL=http://localhost:$${ZI_PORT:-8080} $(PYTEST) -m compose || status=$$?; \
		for service in intake umkm certificates integrity notify audit; do $(COMPOSE) run --rm reconcile $$service || status=1; done; \
		export ZI_BACKUP_FOLDER=$$(mktemp -d); \
		$(COMPOSE) run --rm zona key /backups/zona-backup.key && $(COMPOSE) run --rm zona drill && \
		$(COMPOSE) up --detach --wait --wait-timeout 180 backups archive || status=1; \
		test $$status -eq 0 || $(COMPOSE) logs --tail 50; \
		$(COMPOSE) down --volumes --timeout 10; rm -rf "$$ZI_BACKUP_FOLDER"; exit $$status

.env .env.test:
	@umask 077; sh deploy/compose-env > $@.new && mv $@.new $@


soak: $(VENV)/.tested $(PEERS)/.installed  ## a log of a million entries; the tests that `make test` leaves out; five times as many citizens and invented cases; changes the pure code one small thing at a time; 100,000 houses of certificates; changes evidence 1,000 times; feeds every reader of files; asks every route as everybody; cuts the ledger's power, kills its writer; lets Lighthouse, where it is installed, judge the first pages; under an hour
	$(BIN)/python -W ignore -m bench.million
	ZONA_SAMPLE=5 $(PYTEST) $(sort tests/journeys/test_privacy.py tests/journeys/test_kill.py tests/journeys/test_ledger_kill.py tests/certificates/test_integrity.py tests/umkm/test_integrity.py $(INVENTED))
	$(BIN)/python -m bench.soak
	$(BIN)/python -W ignore -m bench.lighthouse

alarms: $(VENV)/.tested  ## causes faults in a house that Debian's Prometheus reads, and compares the alarms with the table; ten minutes; needs the package prometheus
	$(BIN)/python -m bench.alarm_faults

chaos: $(VENV)/.tested  ## causes one fault after the other in a real `docker compose up` that takes complaints meanwhile, and writes the table of docs/faults.md; an hour and a half; needs a docker engine here, and root
	$(BIN)/python -m bench.chaos

lock:  ## writes the hashed lists anew from the pyprojects; needs uv
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: pip install uv, then make lock UV=/path/to/uv"; exit 1; }
	$(UV) lock --quiet
	$(UV) export -q --frozen --format requirements-txt --no-header --no-annotate --no-emit-workspace \
		--no-default-groups --group embedded -o requirements.lock >/dev/null
	$(UV) export -q --frozen --format requirements-txt --no-header --no-annotate --no-emit-workspace \
		--only-group build -o requirements-build.lock >/dev/null
	$(UV) export -q --frozen --format requirements-txt --no-header --no-annotate --no-emit-workspace \
		--only-group test -o requirements-test.lock >/dev/null
	printf 'aics-tlog\npdf-oxide\npymerkle\nr4pm\n' | $(UV) pip compile -q --universal --python-version 3.12 --generate-hashes \
		--no-header --no-annotate --no-emit-index-url -o requirements-peers.lock - >/dev/null
	printf 'pm4py\n' | $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --no-emit-index-url -o requirements-mining.lock - >/dev/null

clean:  ## forget the installs and the caches; never the data in var/
	rm -rf $(VENV) $(PEERS) $(MINING) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage mutants
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; make PYTHON=/path/to/python3 says where it is."; exit 1; }
	@echo "Making $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

# The locks are complete: nothing is resolved (--no-deps), and what is built from source is built with the locked tools. Hash mode refuses
# local folders, so the packages of this house come in a call of their own.
$(VENV)/.installed: requirements-build.lock requirements.lock $(wildcard $(PACKAGES:%=%/pyproject.toml)) | $(BIN)/python
	@echo "Installing (once; a few minutes on a slow line) ..."
	@$(LOCKED) -r requirements-build.lock
	@$(LOCKED) -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation $(PACKAGES:%=-e ./%)
	@touch $@

$(VENV)/.tested: requirements-test.lock $(VENV)/.installed
	@echo "Installing what the tests need (once) ..."
	@$(LOCKED) -r requirements-test.lock
	@touch $@

# aics-tlog asks for Python 3.12 and runs on 3.11 as well.
$(PEERS)/.installed: requirements-peers.lock | $(BIN)/python
	@echo "Installing the peers that ours is held against (once) ..."
	@$(PYTHON) -m venv $(PEERS)
	@$(PEERS)/bin/python -m pip install -qq --disable-pip-version-check --no-input --ignore-requires-python \
		--no-deps --require-hashes -r requirements-peers.lock
	@touch $@

$(MINING)/.installed: requirements-mining.lock | $(BIN)/python
	@echo "Installing the process miner that reads our exports (once; half a gigabyte) ..."
	@$(PYTHON) -m venv $(MINING)
	@$(MINING)/bin/python -m pip install -qq --disable-pip-version-check --no-input --no-deps --require-hashes -r requirements-mining.lock
	@touch $@
