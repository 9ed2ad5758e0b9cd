# dauys: two commands matter, `make run` and `make test`.
GO      ?= go
MODELS  ?= whisper-base silero-vad-v6
VERSION := $(shell git describe --always --dirty 2>/dev/null || echo development)
LISTEN  ?= 127.0.0.1:8080

export CGO_ENABLED ?= 0

.PHONY: run build models test test-full fuzz lint generate web clean

run: build models            ## build, fetch the default models, serve everything on one page
	./dauys serve all --listen $(LISTEN)

build:
	$(GO) build -trimpath -ldflags "-X main.version=$(VERSION)" -o dauys ./cmd/dauys

models: build
	./dauys models pull $(MODELS)

test: models gateway/web/node_modules   ## unit, contract, parity tests and one browser flow
	$(GO) vet ./...
	@mkdir -p .cache
	bash -o pipefail -c '$(GO) test -json -timeout 30m ./... | $(GO) run ./internal/testsum | tee .cache/test.log'

test-full: models gateway/web/node_modules            ## adds the race detector, fuzzing, all browser flows, separate processes
	bash scripts/test-full.sh

lint:
	bash scripts/lint.sh

generate:                    ## protobuf code, assembly, command-line manual
	$(GO) generate ./...

web: gateway/web/node_modules ## the page, from its sources
	cd gateway/web && npm run build

gateway/web/node_modules: gateway/web/package-lock.json
	if command -v npm >/dev/null; then cd gateway/web && npm ci --no-audit --no-fund && touch node_modules; fi

clean:
	rm -f dauys
