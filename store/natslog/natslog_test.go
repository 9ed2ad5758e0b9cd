package natslog

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"go.uber.org/goleak"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/store/storetest"
	"github.com/dauys/dauys/subtitle"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func mustOpen(t *testing.T, cfg Config) *Log {
	t.Helper()
	l, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func TestLog(t *testing.T) {
	storetest.Log(t, func(t *testing.T) subtitle.Log { return mustOpen(t, Config{Dir: t.TempDir()}) })
}

func TestOutsideServer(t *testing.T) {
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	defer func() { s.Shutdown(); s.WaitForShutdown() }()
	if !s.ReadyForConnections(readyWithin) {
		t.Fatal("no server")
	}
	storetest.Log(t, func(t *testing.T) subtitle.Log {
		l := mustOpen(t, Config{URL: s.ClientURL()})
		if err := l.stream.Purge(t.Context()); err != nil {
			t.Fatal(err)
		}
		return l
	})
}

func one(seq int64) []subtitle.Event {
	return []subtitle.Event{{Seq: seq, Type: subtitle.EventStatus, Code: "c", Time: time.Unix(seq, 0).UTC()}}
}

func TestEventsSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	l := mustOpen(t, Config{Dir: dir})
	if err := l.Append(t.Context(), "p", 0, one(1)); err != nil {
		t.Fatal(err)
	}
	l.Close()
	l = mustOpen(t, Config{Dir: dir})
	if last, err := l.Last(t.Context(), "p"); last != 1 || err != nil {
		t.Fatalf("last %d, %v", last, err)
	}
	if err := l.Append(t.Context(), "p", 1, one(2)); err != nil {
		t.Fatal(err)
	}
}

func TestRepeatedAppendIsOne(t *testing.T) {
	l := mustOpen(t, Config{Dir: t.TempDir()})
	for range 3 { // as after acknowledgements that were lost
		if err := l.Append(t.Context(), "p", 0, one(1)); err != nil {
			t.Fatal(err)
		}
		l.forget("p")
	}
	if last, err := l.Last(t.Context(), "p"); last != 1 || err != nil {
		t.Fatalf("last %d, %v", last, err)
	}
}

func TestSecondProcessIsKeptOut(t *testing.T) {
	dir := t.TempDir()
	mustOpen(t, Config{Dir: dir})
	if _, err := Open(t.Context(), Config{Dir: dir}); fault.KindOf(err) != fault.Exists || !strings.Contains(err.Error(), "--data") {
		t.Errorf("second open: %v", err)
	}
}

func TestFullDiskIsToldAndEventsFollowLater(t *testing.T) {
	l := mustOpen(t, Config{Dir: t.TempDir()})
	l.server.minFree = 1 << 60
	err := l.Append(t.Context(), "p", 0, one(1))
	if fault.KindOf(err) != fault.Exhausted || !strings.Contains(err.Error(), "disk full") {
		t.Fatalf("full disk: %v", err)
	}
	l.server.minFree = 0
	if err := l.Append(t.Context(), "p", 0, one(1)); err != nil {
		t.Fatal(err)
	}
}

func TestFullStreamIsTold(t *testing.T) {
	l := mustOpen(t, Config{Dir: t.TempDir(), MaxBytes: 4096})
	for seq := int64(1); ; seq++ {
		err := l.Append(t.Context(), "p", seq-1, one(seq))
		if err == nil && seq < 100 {
			continue
		}
		if fault.KindOf(err) != fault.Exhausted {
			t.Errorf("append %d to a stream of 4 KiB: %v", seq, err)
		}
		return
	}
}

func TestWrongConfigurationIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		cfg  Config
		kind fault.Kind
	}{
		"nothing":       {Config{}, fault.Invalid},
		"no server":     {Config{URL: "nats://127.0.0.1:1"}, fault.Unavailable},
		"file, not dir": {Config{Dir: "natslog_test.go"}, fault.Other},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Open(t.Context(), c.cfg); err == nil || fault.KindOf(err) != c.kind {
				t.Errorf("error %v of kind %v, want %v", err, fault.KindOf(err), c.kind)
			}
		})
	}
}

func TestProgrammeIDIsNoPattern(t *testing.T) {
	l := mustOpen(t, Config{Dir: t.TempDir()})
	for _, id := range []string{"", "*", "a.b", ">", "a b", strings.Repeat("a", 200)} {
		if err := l.Append(context.Background(), id, 0, one(1)); fault.KindOf(err) != fault.Invalid {
			t.Errorf("id %q: %v", id, err)
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	l, err := Open(b.Context(), Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	for seq := int64(1); b.Loop(); seq++ {
		if err := l.Append(b.Context(), "p", seq-1, one(seq)); err != nil {
			b.Fatal(err)
		}
	}
}
