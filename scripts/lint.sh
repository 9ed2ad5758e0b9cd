#!/usr/bin/env bash
# Lints and checks formatting with the pinned golangci-lint (staticcheck and gofumpt are in it), built once into .cache.
set -euo pipefail
cd "$(dirname "$0")/.."
key=$(sha256sum tools/lint.mod | cut -c1-12)
bin=.cache/golangci-lint-$key
if [ ! -x "$bin" ]; then
  mkdir -p .cache
  go build -modfile=tools/lint.mod -o "$bin" github.com/golangci/golangci-lint/v2/cmd/golangci-lint
fi
"$bin" run ./...
"$bin" fmt --diff ./... | tee .cache/fmt.diff
[ ! -s .cache/fmt.diff ]
