# make demo      a bot, its server and a conversation, on this machine alone
# make fleet     three processes of a bot that share a queue, and are killed
# make test      everything that must hold, as CI runs it
# make docs      the documentation as HTML, in bin/docs
# make pictures  the pictures of the README, in docs/pictures
# make bench     the figures of docs/why/comparisons.md
# make fuzz      every fuzz target for FUZZTIME (default 1m) each

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

GO         ?= go
FUZZTIME   ?= 1m
BENCHCOUNT ?= 6
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
BENCHSTAT   := golang.org/x/perf/cmd/benchstat@v0.0.0-20260908200009-22c9c6c9d4da

# Modules of their own: what only a test, an example or some bots need is not a dependency of tggen.
MODULES := cmd/tggen/browser example/fleet example/shop/compat example/signup example/telemetry gen/spec/internal/yaml/oracle runtime/jetstream runtime/otel runtime/session/sqlstore/sqlstoretest docs/site

# Machines unlike this one. Everything is vetted for them, tests included, which needs no C compiler.
PLATFORMS := windows/amd64 darwin/arm64 linux/386

.PHONY: pictures chromium fleet demo docs test lint platforms generate generated bench fuzz cc postgresql clean

demo:
	$(GO) build -o bin/tggen ./cmd/tggen
	cd example/shop && ../../bin/tggen generate
	$(GO) build -o bin/shop ./example/shop
	$(GO) run ./example/shop/demo -bot bin/shop

docs:
	cd docs/site && $(GO) run . -docs .. -out $(CURDIR)/bin/docs

pictures: chromium
	cd example/signup && $(GO) run ../../cmd/tggen routes -format svg > ../../docs/pictures/routes.svg
	dir=$$(mktemp -d) && (cd cmd/tggen/browser && TGGEN_SCREENSHOTS=$$dir $(GO) test -count=1 -run TestAccessible .) && mv $$dir/play.png docs/pictures/ && rm -r $$dir

fleet:
	cd example/fleet && $(GO) build -o ../../bin/fleet . && $(GO) run ./demo -bot ../../bin/fleet

test: cc chromium postgresql lint platforms generated
	$(GO) test -race -timeout 8m ./...
	for m in $(MODULES); do (cd $$m && $(GO) vet ./... && $(GO) test -race -timeout 5m ./...); done

lint:
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$unformatted" || { echo "gofmt would change: $$unformatted"; exit 1; }
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...

# Linux on 64-bit x86 runs the tests of the runtime as 32-bit binaries too, there without the race detector.
platforms:
	for p in $(PLATFORMS); do for m in . $(MODULES); do \
	  (cd $$m && CGO_ENABLED=0 GOOS=$${p%/*} GOARCH=$${p#*/} $(GO) vet ./...) || { echo "vet fails for $$p in $$m"; exit 1; }; \
	done; done
	if test "$$($(GO) env GOHOSTOS GOHOSTARCH | paste -sd/)" = linux/amd64; then CGO_ENABLED=0 GOARCH=386 $(GO) test -timeout 5m ./runtime/...; fi

# What is generated is committed, and must be what the generators write now.
generate:
	for m in . $(MODULES); do (cd $$m && $(GO) generate ./...); done

generated:
	$(GO) build -o bin/tggen ./cmd/tggen
	for d in $$(git ls-files '*spec.yaml' | grep -E '^(example|runtime)/' | xargs -n1 dirname); do (cd $$d && $(CURDIR)/bin/tggen check && $(CURDIR)/bin/tggen schema | cmp - spec.schema.json); done
	bin/tggen schema -of include | cmp - example/moderation/bot/include.schema.json

bench:
	$(GO) test -run '^$$' -bench . -benchmem -count $(BENCHCOUNT) ./runtime/... ./gen/... | tee bench.out
	$(GO) run $(BENCHSTAT) bench.out
	cd runtime/jetstream && $(GO) test -run '^$$' -bench . -benchtime 50000x ./...

fuzz:
	$(GO) list ./... | while read -r pkg; do \
	  $(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz' | while read -r target; do \
	    $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$pkg || exit 1; \
	  done; \
	done

# The race detector links with a C compiler.
cc:
	@command -v $$($(GO) env CC) >/dev/null || { \
	  echo "no C compiler for -race: installing gcc"; \
	  apt-get update -qq && apt-get install -y -qq gcc libc6-dev; \
	}

# The tests of sqlstore start a server of their own, and are skipped where it cannot be installed.
postgresql:
	@command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { \
	  echo "no PostgreSQL for the tests of sqlstore: installing postgresql"; \
	  apt-get update -qq && apt-get install -y -qq postgresql || echo "PostgreSQL cannot be installed: its tests are skipped"; \
	}

# The page of tggen play and the site of the documentation are tested in a browser.
chromium:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || { \
	  echo "no browser for the tests of the page: installing chromium"; \
	  apt-get update -qq && apt-get install -y -qq chromium || echo "Chromium cannot be installed: its tests are skipped"; \
	}

clean:
	rm -rf bin bench.out
