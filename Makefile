# Targets for people; CI calls "make test".
GO      ?= go
LDFLAGS := -s -w
export CGO_ENABLED := 0

.PHONY: help setup build test bench soak lint generate clean

help: ## Say what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

setup: ## Install what the tests need from Debian's packages
	@scripts/setup.sh

build: ## Build bin/sluice, and bin/sluice-agent for each architecture
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/sluice ./cmd/sluice
	for a in amd64 arm64 arm; do \
	  GOARCH=$$a GOARM=7 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/sluice-agent-$$a ./cmd/sluice-agent || exit 1; done

test: setup ## Run every test; a missing PostgreSQL, Chromium or debootstrap is a failure
	$(GO) vet ./...
	CI=true CGO_ENABLED=1 SLUICE_SCREENSHOTS=$(CURDIR)/out/screenshots SLUICE_CHROOT=$(CURDIR)/out/chroot $(GO) test -race -timeout 20m ./...

bench: ## Print the numbers: contacts, connections, dispatch, agent size and memory, playbooks
	@scripts/setup.sh bench
	CI=true $(GO) test -timeout 20m -run '^$$' -bench . -benchtime 1x ./internal/bench

soak: setup ## Run the fault tests, which draw their moments at random, ten times over
	CI=true CGO_ENABLED=1 $(GO) test -race -timeout 3h -count 10 -run 'Kill|Surviv|Power|Cut|Full|LoseNothing' \
	  ./cmd/... ./install ./agent ./sim ./store/... ./control

lint: ## Run golangci-lint, where it is installed
	golangci-lint run

generate: ## Write generated code and docs anew
	$(GO) tool templ generate ./web/...
	$(GO) test ./fleet ./cli/server ./sup ./jetporch ./internal/archtest -update

clean: ## Remove what was built
	rm -rf bin out
