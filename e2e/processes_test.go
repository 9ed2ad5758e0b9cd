package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// again starts a part anew at the address that it had.
func (p *process) again(t *testing.T, args ...string) *process {
	t.Helper()
	p.kill()
	return serve(t, append(args, "--listen", strings.TrimPrefix(p.url, "http://"))...)
}

// TestPartsInProcessesOfTheirOwn runs each part alone, kills the recogniser and then the gateway in mid-sentence, and wants
// the words of the whole recording.
func TestPartsInProcessesOfTheirOwn(t *testing.T) {
	hear := serve(t, "asr")
	write := serve(t, "subtitle", "--asr", hear.url)
	front := serve(t, "gateway", "--subtitle", write.url, "--asr", hear.url)
	if a := front.get(t, "/readyz"); a.StatusCode != http.StatusOK {
		t.Fatalf("readyz: %d %s", a.StatusCode, a.body)
	}
	made := front.create(t, "websocket")
	v := view(t, front, made, "after=0")
	in, _ := attach(t, front, made, hello16k)
	sound := s16(speech(t, 0))

	in.send(sound[:8*32000], 6400)
	v.wait("the first sentence", shows("welcome"))
	hear.kill()
	killed := time.Now()
	in.send(sound[8*32000:16*32000], 6400)
	v.wait("viewers are told", func(e event) bool { return status("lagging")(e) || status("recogniser_lost")(e) })
	t.Logf("told after %v", time.Since(killed))
	hear = hear.again(t, "asr")
	killed = time.Now()
	v.wait("words after the return", shows("screen"))
	t.Logf("heard again after %v", time.Since(killed))

	front = front.again(t, "gateway", "--subtitle", write.url, "--asr", hear.url)
	v.resume(front, made)
	began := time.Now()
	until(t, "the source's place is free", func() bool { return front.state(t, made.ID).State == "waiting" })
	t.Logf("the place was free after %v", time.Since(began))
	in, ready := attach(t, front, made, hello16k)
	in.send(sound[ready.ReceivedMS*32:], 1<<16) // what the old gateway had not passed on comes again
	in.end()
	if code := v.ended(); code != 1000 {
		t.Errorf("events ended with close %d", code)
	}
	checkEvents(t, v.seen())
	checkDemo(t, v.seen())
	late := view(t, front, made, "after=0")
	late.ended()
	sameEvents(t, "a reader beyond restarts", v.seen(), late.seen())
	t.Run("a recording through the gateway", func(t *testing.T) {
		a := front.upload(t, recording(t, 4), map[string]string{"model": "whisper-1", "language": "en"})
		if !strings.Contains(strings.ToLower(string(a.body)), "welcome to the news") {
			t.Errorf("status %d: %s", a.StatusCode, a.body)
		}
	})
}

// TestPartsSayWhatTheyNeed: a part whose neighbour is not named cannot start, one whose neighbour is away is not ready.
func TestPartsSayWhatTheyNeed(t *testing.T) {
	tests := []struct {
		args []string
		want string
	}{
		{[]string{"serve", "subtitle"}, "--asr URL"},
		{[]string{"serve", "gateway"}, "--subtitle URL"},
		{[]string{"serve", "telephone"}, "want all, asr, subtitle or gateway"},
	}
	for _, tt := range tests {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			p := start(t, tt.args...)
			if code := p.exit(); code != 2 || !strings.Contains(p.text(), tt.want) {
				t.Errorf("exit status %d, %q", code, p.text())
			}
		})
	}
	t.Run("the neighbour is away", func(t *testing.T) {
		p := serve(t, "gateway", "--subtitle", "http://127.0.0.1:1", "--asr", "http://127.0.0.1:1")
		if a := p.get(t, "/readyz"); a.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("readyz: %d %s", a.StatusCode, a.body)
		}
		if a := p.get(t, "/healthz"); a.StatusCode != http.StatusOK {
			t.Errorf("healthz: %d %s", a.StatusCode, a.body)
		}
		if a := p.post(t, "/v1/programmes", `{}`); a.StatusCode != http.StatusServiceUnavailable || a.code(t) != "unavailable" {
			t.Errorf("create: %d %s", a.StatusCode, a.body)
		}
	})
}
