# What a person types here. Everything else is go itself.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
GO ?= go
# Redis, a C compiler for -race and a browser come from Debian when they are not there.
NEED := .ci/need

# The build tags of cmd/spoolbot, each of which is linted; without any of them, and for
# another system than Linux, too.
TAGS := browser shop

.PHONY: help build repro demo test walk taps soak fuzz mutants bench lint fmt golden pictures ops vuln
.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build ./bin/spoolbot, static: the same bytes from the same commit, wherever it lies
	CGO_ENABLED=0 $(GO) build -trimpath -tags grpcnotrace -o bin/spoolbot ./cmd/spoolbot

repro: ## build twice, in two places, and compare the programs byte for byte
	@GO="$(GO)" .ci/repro

demo: ## try it: the whole program against emulators, on a page of this machine
	$(GO) run ./cmd/spoolbot demo

test: ## all tests with the race detector, against real Redis servers too
	@$(NEED) gcc gcc libc6-dev
	@$(NEED) redis-server redis-server
	$(GO) test -race -timeout 19m ./...

walk: ## walk the demo in a headless browser, on a small phone and on a desktop, and look at every step
	@$(NEED) chromium chromium
	$(GO) test -tags browser -timeout 15m -count 1 -run '^TestWalk$$' ./cmd/spoolbot

taps: ## count the taps and seconds of every deed, one line each
	@$(NEED) chromium chromium
	@$(GO) test -tags browser -timeout 5m -count 1 -v -run '^TestTaps$$' ./cmd/spoolbot | sed -n '/^taps /p; /_test.go:/p; /^FAIL/p'

soak: ## random worlds of replicas, people and faults; prints the seeds that break a promise
	@# Tests that go test runs are silent until their end: so they are built and run by hand.
	@dir=$$(mktemp -d); trap 'rm -rf "$$dir"' EXIT; $(GO) test -c -o "$$dir/" ./occupation ./cmd/spoolbot; \
	  (cd occupation && SPOOLBOT_SIM_OPS=$${SPOOLBOT_SIM_OPS:-1000000} "$$dir/occupation.test" -test.run '^TestSimulation$$' -test.v -test.timeout 0) | grep -v '^=== '; \
	  (cd cmd/spoolbot && SPOOLBOT_KILLS=$${SPOOLBOT_KILLS:-500} "$$dir/spoolbot.test" -test.run '^TestKilledAtRandomInstants$$' -test.v -test.timeout 0) | grep -v '^=== '

fuzz: ## every fuzzer for FUZZTIME, a minute each (ONLY=FuzzPick: just that one)
	@GO="$(GO)" .ci/fuzz

mutants: ## put faults into a copy of the code: a test must find each (ONLY=name: just that one)
	@GO="$(GO)" $(GO) run ./.ci/mutants $(ONLY)

bench: ## measure, one figure a line, and write the table of the README
	@$(GO) run ./cmd/spoolbot bench --readme README.md

lint: ## formatting, vet and staticcheck with each build tag, zerologlint, old idioms, go.mod
	@unformatted=$$($(GO) tool gofumpt -l .); [ -z "$$unformatted" ] || { echo "run make fmt for:" $$unformatted; exit 1; }
	$(GO) vet ./...
	@others=$$(grep -rhE '^//go:build ' --include='*.go' . | grep -oE '[a-z]+' | grep -vxE 'go|build|linux|$(subst $() ,|,$(TAGS))' | sort -u || true); \
	  [ -z "$$others" ] || { echo "TAGS in the Makefile lacks:" $$others; exit 1; }
	@others=$$(grep -rlE '^//go:build ' --include='*.go' . | grep -v '^./cmd/spoolbot/' || true); [ -z "$$others" ] || { echo "built by tags, and not linted so:" $$others; exit 1; }
	@for tags in $(TAGS); do echo "vet and staticcheck -tags $$tags"; \
	  $(GO) vet -tags $$tags ./cmd/spoolbot && $(GO) tool staticcheck -tags $$tags ./cmd/spoolbot || \
	    { echo "tests that stand on the emulators begin with //go:build !shop"; exit 1; }; done
	$(GO) vet -vettool="$$($(GO) tool -n zerologlint)" ./...
	$(GO) tool staticcheck ./...
	$(GO) fix -diff ./...
	$(GO) mod tidy -diff

fmt: ## format the code
	$(GO) tool gofumpt -w .

golden: ## write the golden files of the views anew, to be read as a diff
	$(GO) test ./bot/view -update

pictures: ## take the README's pictures of the demo in a headless browser
	@$(NEED) chromium chromium
	$(GO) test -tags browser -count 1 -run '^TestPictures$$' ./cmd/spoolbot

ops: build ## check the unit, the alert rules and their tests with systemd's and Prometheus' own tools
	@$(NEED) systemd-analyze systemd
	@$(NEED) promtool prometheus
	@unit=$$(mktemp -d)/spoolbot.service; sed "s|/usr/local/bin/|$$PWD/bin/|" cmd/spoolbot/ops/spoolbot.service >"$$unit"; \
	  systemd-analyze verify "$$unit" && systemd-analyze security --offline=true --threshold=20 --no-pager "$$unit" | tail -n 1
	promtool check rules cmd/spoolbot/ops/rules.yml
	promtool test rules cmd/spoolbot/ops/rules_test.yml

vuln: ## known holes in what we depend on
	$(GO) run golang.org/x/vuln/cmd/govulncheck@v1.9.0 ./...
