#!/usr/bin/env bash
# What `make test` leaves out: the race detector on everything but kernels, each fuzz target for some seconds, all browser
# flows and services in separate processes.   FUZZTIME=5s scripts/test-full.sh
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p .cache

echo "== race detector, on tiny models: the installed ones are out of its sight"
env -u DAUYS_REQUIRE DAUYS_MODELS="$PWD/.cache/no-models" CGO_ENABLED=1 go test -race -json -timeout 30m $(go list ./... | grep -vE '/tensor/kernel/|/bench/|/internal/archtest|/proto/|/e2e$|/cmd/') |
  go run ./internal/testsum | tee .cache/race.log

echo "== the built program: all browser flows, separate processes, restarts"
DAUYS_FULL=1 go test -json -timeout 30m ./e2e | go run ./internal/testsum | tee .cache/e2e.log

echo "== generated code is what its sources say"
DAUYS_CODEGEN=1 go test ./proto
if [ -z "$(git status --porcelain tensor/kernel)" ]; then
  go generate ./tensor/kernel/...
  git diff --exit-code --stat -- tensor/kernel
fi

echo "== fuzzing, ${FUZZTIME:=5s} a target"
grep -rlE --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u | while read -r dir; do
  grep -hoE '^func Fuzz[A-Za-z0-9_]+' "$dir"/*_test.go | sed 's/^func //' | while read -r target; do
    echo "$dir $target"
    go test -run '^$' -fuzz "^$target\$" -fuzztime "$FUZZTIME" -parallel 2 "$dir" >.cache/fuzz.log 2>&1 ||
      { cat .cache/fuzz.log; exit 1; }
  done
done
