package e2e

import (
	"strings"
	"testing"
	"time"
)

// session is a programme in the middle of speech.
type session struct {
	p    *process
	made programme
	v    *viewer
	in   *source
	left []byte // sound that was not sent
}

// speak starts a programme and sends until a segment is closed and another one grows.
func speak(t *testing.T, p *process) *session {
	t.Helper()
	s := &session{p: p, made: p.create(t, "websocket"), left: s16(speech(t, 20))}
	s.v = view(t, p, s.made, "after=0")
	s.in, _ = attach(t, p, s.made, hello16k)
	s.in.send(s.left[:11*32000], 6400)
	s.v.wait("a final", isFinal)
	s.v.wait("the second sentence", shows("computer"))
	return s
}

// goOn sends the rest to the server that came back, and checks that all of it is one history.
func (s *session) goOn(t *testing.T, back *process) {
	t.Helper()
	before := s.v.seen()
	if got := back.state(t, s.made.ID); got.State != "waiting" || got.LastSeq < s.v.last() {
		t.Errorf("after the restart the programme is %+v; seq %d was seen", got, s.v.last())
	}
	s.v.resume(back, s.made)
	s.v.wait("the restart is told", status("restarted"))
	in, ready := attach(t, back, s.made, hello16k)
	if ready.ReceivedMS <= 0 || ready.ReceivedMS*32 > int64(len(s.left)) {
		t.Fatalf("the timeline stands at %d ms", ready.ReceivedMS)
	}
	in.send(s.left[ready.ReceivedMS*32:], 1<<16)
	in.end()
	s.v.ended()
	late := view(t, back, s.made, "after=0")
	late.ended()
	checkEvents(t, late.seen())
	sameEvents(t, "what was seen before", before, late.seen()[:min(len(before), len(late.seen()))])
	sameEvents(t, "what a reader saw", s.v.seen(), late.seen())
}

func TestTerminationWritesWhatWasHeard(t *testing.T) {
	data := t.TempDir()
	s := speak(t, serve(t, "all", "--data", data))
	code, took := s.p.terminate()
	t.Logf("ended within %v", took)
	if code != 0 || took > 5*time.Second { // 5 s is the program's promise
		t.Errorf("exit status %d after %v", code, took)
	}
	if _, code := s.in.closed(); code != 1012 {
		t.Errorf("the source was told %d", code)
	}
	if code := s.v.ended(); code != 1012 {
		t.Errorf("the viewer was told %d", code)
	}
	s.goOn(t, serve(t, "all", "--data", data))
}

func TestPowerCutLosesNothingThatWasShown(t *testing.T) {
	data := t.TempDir()
	s := speak(t, serve(t, "all", "--data", data))
	s.p.kill()
	s.v.ended()
	s.goOn(t, serve(t, "all", "--data", data))
}

// TestProgrammesServiceAloneIsStoppedAndStarted: source and viewer stay at the gateway, which finds the service again.
func TestProgrammesServiceAloneIsStoppedAndStarted(t *testing.T) {
	hear, data := serve(t, "asr"), t.TempDir()
	write := serve(t, "subtitle", "--asr", hear.url, "--data", data)
	front := serve(t, "gateway", "--subtitle", write.url, "--asr", hear.url)
	s := speak(t, front)
	code, took := write.terminate()
	t.Logf("ended within %v", took)
	if code != 0 || took > 5*time.Second { // 5 s is the program's promise
		t.Errorf("exit status %d after %v", code, took)
	}
	write.again(t, "subtitle", "--asr", hear.url, "--data", data)
	s.in.send(s.left[11*32000:], 6400)
	s.in.end()
	s.v.ended()
	checkEvents(t, s.v.seen())
	s.v.wait("the restart is told", status("restarted"))
	if got := strings.ToLower(finals(s.v.seen())); !strings.Contains(got, "computer") || !strings.Contains(got, "never move again") {
		t.Errorf("heard %q", got)
	}
	late := view(t, front, s.made, "after=0")
	late.ended()
	sameEvents(t, "a viewer throughout", s.v.seen(), late.seen())
}
