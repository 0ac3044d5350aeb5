# Everything a person needs to do with this folder. `make` lists it.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

PREFIX ?= /usr/local
# The last day of the samples.
SAMPLES_END := 2026-11-15

NIGHTMILL := .build/release/nightmill
SHARE = $(DESTDIR)$(PREFIX)/share/nightmill
# Where each shell looks for completions.
COMPLETIONS_bash = $(DESTDIR)$(PREFIX)/share/bash-completion/completions/nightmill
COMPLETIONS_zsh = $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_nightmill
COMPLETIONS_fish = $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/nightmill.fish

# How long `make fuzz` runs, and whether libFuzzer chooses the inputs.
SECONDS ?= 1800
ENGINE ?= seeds

# What `make bench` runs, and how: `make bench BENCH="nightly decode" BENCH_FLAGS=--check`.
BENCH ?=
BENCH_FLAGS ?=

.PHONY: help run build test lint format samples fuzz bench install uninstall clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## the nightly pipeline over all of Samples/: tables and workbooks
	@$(NIGHTMILL) run nightly --from all --to $(SAMPLES_END)
	@echo; echo "workbooks:"; ls out/*/*.xlsx

build: ## the program, as .build/release/nightmill
	@.ci/toolchain
	@.ci/install build
	@swift build -c release --product nightmill --static-swift-stdlib

test: ## style, every test, and the commands of README.md
	@.ci/toolchain
	@.ci/install test
	@$(MAKE) --no-print-directory lint
	@python=$$(.ci/venv) && NIGHTMILL_PYTHON=$$python swift test
	@$(MAKE) --no-print-directory fuzz SECONDS=25
	@.ci/readme-check .build/debug/nightmill

lint: ## style alone
	@swift format lint --strict --parallel -r Sources Tests Package.swift

format: ## brings sources into that style
	@swift format -i --parallel -r Sources Tests Package.swift

samples: build ## makes Samples/ again, byte for byte
	@NIGHTMILL=$(CURDIR)/$(NIGHTMILL) Samples/make.sh

fuzz: ## random files and values against slow readers, for SECONDS=1800; also ENGINE=libfuzzer
	@.ci/toolchain
	@.ci/fuzz $(ENGINE) $(SECONDS)

bench: build ## times beside DuckDB, Polars, XlsxWriter: an hour, 30 GB of disk; BENCH="nightly startup" for parts
	@.ci/install test
	@swift build -c release --product bench --static-swift-stdlib
	@python=$$(.ci/venv bench) && $$python Benchmarks/bench.py $(BENCH_FLAGS) $(BENCH)

install: build ## the program to PREFIX/bin (default /usr/local), a project to copy to PREFIX/share
	@install -d "$(DESTDIR)$(PREFIX)/bin" "$(SHARE)"
	@install -s -m 755 $(NIGHTMILL) "$(DESTDIR)$(PREFIX)/bin/nightmill"
	@cp -R Pipelines SQL Reports Samples "$(SHARE)/"
	@install -d "$(SHARE)/docs" && cp -R docs/schema "$(SHARE)/docs/"
	@$(foreach shell,bash zsh fish,install -d "$(dir $(COMPLETIONS_$(shell)))" && \
	  $(NIGHTMILL) completions $(shell) >"$(COMPLETIONS_$(shell))" && \
	  chmod 644 "$(COMPLETIONS_$(shell))" && ) true
	@echo "installed $(DESTDIR)$(PREFIX)/bin/nightmill, with completions for bash, zsh and fish"
	@echo "a project of your own: nightmill init mill"

uninstall: ## takes away what install put there
	@rm -f "$(DESTDIR)$(PREFIX)/bin/nightmill"
	@rm -f $(foreach shell,bash zsh fish,"$(COMPLETIONS_$(shell))")
	@rm -rf "$(SHARE)"

clean: ## removes what building made; warehouse and reports stay
	@rm -rf .build
