package whisper_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/dauys/dauys/asr/whisper"
	"github.com/dauys/dauys/internal/shared"
	"github.com/dauys/dauys/tensor/cpu"
)

func TestFirst(t *testing.T) {
	dir := shared.Model(t, "whisper-base")
	t0 := time.Now()
	l, err := whisper.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("load", time.Since(t0))
	dev, err := cpu.New(cpu.Config{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	p, err := whisper.NewPrograms(whisper.ProgramsConfig{Model: l.Model, Device: dev})
	if err != nil {
		t.Fatal(err)
	}
	t0 = time.Now()
	w, err := p.Encode(context.Background(), make([]float32, 80*3000), 1500, 0, nil)
	fmt.Println(time.Since(t0), err)
	t0 = time.Now()
	w, err = p.Encode(context.Background(), make([]float32, 80*3000), 1500, 0, nil)
	fmt.Println(time.Since(t0), err)
	_ = w
}
