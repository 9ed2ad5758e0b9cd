package e2e

import (
	"bufio"
	"bytes"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// metric reads one number of /metrics.
func (p *process) metric(t *testing.T, name string) float64 {
	t.Helper()
	for lines := bufio.NewScanner(bytes.NewReader(p.get(t, "/metrics").body)); lines.Scan(); {
		if text, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			x, err := strconv.ParseFloat(text, 64)
			if err != nil {
				t.Fatal(err)
			}
			return x
		}
	}
	t.Fatalf("no metric %s", name)
	return 0
}

// run is one short programme from its creation to its deletion.
func (p *process) run(t *testing.T, sound []byte) {
	t.Helper()
	made := p.create(t, "websocket")
	v := view(t, p, made, "after=0")
	in, _ := attach(t, p, made, hello16k)
	in.send(sound, 6400)
	in.end()
	v.ended()
	p.remove(t, made.ID)
}

// TestSessionsLeaveNothingBehind: goroutines come back to what they were, files too; memory is told.
func TestSessionsLeaveNothingBehind(t *testing.T) {
	p, sound := serve(t, "all"), s16(speech(t, 3))
	sessions := 4
	if os.Getenv("DAUYS_FULL") != "" {
		sessions = 40
	}
	p.run(t, sound) // loads the model
	settle(t, p)
	goroutines, files, memory := p.metric(t, "go_goroutines"), p.metric(t, "process_open_fds"), p.metric(t, "process_resident_memory_bytes")
	for range sessions {
		p.run(t, sound)
	}
	settle(t, p)
	until(t, "as many goroutines as before", func() bool { return p.metric(t, "go_goroutines") <= goroutines+2 })
	until(t, "as many files as before", func() bool { return p.metric(t, "process_open_fds") <= files+2 })
	t.Logf("%d sessions: %.0f goroutines, %.0f files, %.0f MB before, %.0f MB after", sessions, goroutines, files, memory/1e6,
		p.metric(t, "process_resident_memory_bytes")/1e6)
}

// settle closes this side's idle connections, each of which is a goroutine there, and waits until counts stand still.
func settle(t *testing.T, p *process) {
	t.Helper()
	last, same := -1.0, 0
	until(t, "the server settles", func() bool {
		client.CloseIdleConnections()
		now := p.metric(t, "go_goroutines")
		if same++; now != last {
			last, same = now, 0
		}
		return same == 10
	})
}

// TestIdleServerIsQuiet tells the processor time of a server without clients, before and after a session.
func TestIdleServerIsQuiet(t *testing.T) {
	full(t)
	if runtime.GOOS != "linux" {
		t.Skip("needs /proc")
	}
	p := serve(t, "all")
	measure := func(what string) {
		client.CloseIdleConnections()
		began, used := time.Now(), p.metric(t, "process_cpu_seconds_total")
		client.CloseIdleConnections()
		<-time.After(20 * time.Second) // what is measured, not waited for
		spent := p.metric(t, "process_cpu_seconds_total") - used
		t.Logf("%s: %.2f %% of a core", what, 100*spent/time.Since(began).Seconds())
	}
	measure("after the start")
	p.run(t, s16(speech(t, 5)))
	measure("after a session")
}
