package kernels

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor"
	"github.com/dauys/dauys/tensor/cpu"
	"github.com/dauys/dauys/tensor/null"
)

func TestEveryCaseCompiles(t *testing.T) {
	for _, c := range cases() {
		if _, err := tensor.Compile(null.Device{}, c.build); err != nil {
			t.Errorf("%s %s: %v", c.operation, c.size, err)
		}
		if c.flops <= 0 && c.bytes <= 0 {
			t.Errorf("%s %s has neither operations nor bytes", c.operation, c.size)
		}
	}
}

func TestOperationIsTimedOnTheDevice(t *testing.T) {
	d, err := cpu.New(cpu.Config{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	c := rowwise("layer norm", 10, base, func(x *tensor.Tensor) *tensor.Tensor { return x.LayerNorm(nil, nil, 1e-5) })
	times, err := c.time(t.Context(), d, 3)
	if err != nil || len(times) != 3 || times[0] <= 0 || times[0] > times[2] {
		t.Errorf("%v, %v", times, err)
	}
}

func TestShareIsOfTheLimitThatBinds(t *testing.T) {
	times := []time.Duration{time.Millisecond, 2 * time.Millisecond, 4 * time.Millisecond}
	limit := Limit{GFLOPS: 100, ReadGBS: 10}
	for name, want := range map[string]struct {
		c           measured
		share, best float64
	}{
		"multiply-adds": {measured{flops: 1e8}, 0.5, 1},
		"memory":        {measured{bytes: 1e7}, 0.5, 1},
		"both given":    {measured{flops: 1e8, bytes: 1}, 0.5, 1},
	} {
		r := want.c.result(times, limit)
		if r.MedianMS != 2 || r.Share != want.share || r.BestShare != want.best {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func TestResultsAreTablesOrLines(t *testing.T) {
	results := []Result{{Operation: "product", Size: "1x2x3", Type: "f16", GFLOPS: 5, Share: 0.5}, {Operation: "softmax", GBS: 7}}
	var table, jsonLines bytes.Buffer
	if err := (printer{out: &table}).results(Limit{Level: "avx2", Threads: 2}, results); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"level avx2, threads 2", "5 GFLOP/s", "7.0 GB/s", "50 %"} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("no %q in\n%s", want, table.String())
		}
	}
	if err := (printer{out: &jsonLines, json: true}).results(Limit{}, results); err != nil {
		t.Fatal(err)
	}
	var first Result
	if err := json.NewDecoder(&jsonLines).Decode(&first); err != nil || first != results[0] {
		t.Errorf("%+v, %v", first, err)
	}
}

func TestUselessOptionsAreRefused(t *testing.T) {
	if err := Run(t.Context(), &bytes.Buffer{}, Options{Runs: -1}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("%v, want invalid", err)
	}
	if err := Run(t.Context(), &bytes.Buffer{}, Options{CPU: cpu.Config{Level: "mmx"}}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("%v, want invalid", err)
	}
}
