package e2e

import (
	"bytes"
	"math"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
)

// garbage is the same noise at each run.
func garbage(n int) []byte {
	out := make([]byte, n)
	source := rand.NewChaCha8([32]byte{1})
	_, _ = source.Read(out) // never fails
	return out
}

// TestWrongSourcesAreToldWhy: each gets an error message and a close code, never an internal one, and the server goes on.
func TestWrongSourcesAreToldWhy(t *testing.T) {
	p := serve(t, "all", "--programmes", "1")
	nan := make([]byte, 0, 4000)
	for range 1000 {
		bits := math.Float32bits(float32(math.NaN()))
		nan = append(nan, byte(bits), byte(bits>>8), byte(bits>>16), byte(bits>>24))
	}
	text, binary := websocket.TextMessage, websocket.BinaryMessage
	type sent struct {
		kind int
		data []byte
	}
	first := func(s string) sent { return sent{text, []byte(s)} }
	tests := []struct {
		name string
		send []sent
		want []int // close codes of which one is right
	}{
		{"sound before the format", []sent{{binary, make([]byte, 100)}}, []int{4400}},
		{"no JSON", []sent{first("hello")}, []int{4400}},
		{"unknown format", []sent{first(`{"format":"mp3"}`)}, []int{4415}},
		{"impossible rate", []sent{first(`{"format":"pcm_s16le","sample_rate":768001,"channels":1}`)}, []int{4400}},
		{"no channels", []sent{first(`{"format":"pcm_s16le","sample_rate":16000}`)}, []int{4400}},
		{"no opus packet", []sent{first(`{"format":"opus"}`), {binary, []byte{0xff, 0x00}}}, []int{4422, 4400}},
		{"garbage called webm", []sent{first(`{"format":"webm"}`), {binary, garbage(1 << 16)}}, []int{4422, 4415, 4400}},
		{"garbage called ogg", []sent{first(`{"format":"ogg"}`), {binary, garbage(1 << 20)}, {binary, garbage(1 << 16)}}, []int{4422, 4415, 4400}},
		{"text called webm", []sent{first(`{"format":"webm"}`), {binary, []byte(strings.Repeat("This is not sound. ", 1000))}}, []int{4422, 4415, 4400}},
		{"no numbers", []sent{first(`{"format":"pcm_f32le","sample_rate":16000,"channels":1}`), {binary, nan}}, []int{4400, 4422}},
		{"text that is no JSON", []sent{first(hello16k), first("stop!")}, []int{4400}},
		{"a text of 1 MB", []sent{first(hello16k), {text, bytes.Repeat([]byte("x"), 1<<20-1)}}, []int{4400, 1009}},
		{"a message of 2 MB", []sent{first(hello16k), {binary, make([]byte, 2<<20)}}, []int{4400, 1009}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			made := p.create(t, "websocket")
			in := connect(t, p, made)
			for _, m := range tt.send {
				if err := in.conn.WriteMessage(m.kind, m.data); err != nil {
					break // it was closed already: what was told is still to be read
				}
			}
			m, code := in.closed()
			if !slices.Contains(tt.want, code) {
				t.Errorf("close %d, %+v; want one of %v", code, m, tt.want)
			}
			if code != websocket.CloseMessageTooBig && (m.Type != "error" || m.Message == "" || m.Code == "internal" || m.Code == "other") {
				t.Errorf("told %+v", m)
			}
			if a := p.remove(t, made.ID); a.StatusCode != 204 {
				t.Errorf("delete: %d %s", a.StatusCode, a.body)
			}
		})
	}
}

// TestSourceThatVanishesMayComeBack resets the connection in mid-sentence; what it had not sent comes on a second one.
func TestSourceThatVanishesMayComeBack(t *testing.T) {
	p := serve(t, "all")
	made := p.create(t, "websocket")
	v := view(t, p, made, "after=0")
	sound := s16(speech(t, 12))
	in, _ := attach(t, p, made, hello16k)
	in.send(sound[:5*32000], 6400)
	v.wait("words", shows("welcome"))
	tcp, ok := in.conn.NetConn().(*net.TCPConn)
	if !ok {
		t.Fatalf("%T is no TCP connection", in.conn.NetConn())
	}
	if err := tcp.SetLinger(0); err != nil { // closing resets
		t.Fatal(err)
	}
	tcp.Close()
	v.wait("waiting is told", func(e event) bool { return status("waiting")(e) && e.Seq > 2 })
	in, ready := attach(t, p, made, hello16k)
	if ready.ReceivedMS <= 0 || ready.ReceivedMS > 5000 {
		t.Fatalf("the timeline stands at %d ms", ready.ReceivedMS)
	}
	in.send(sound[ready.ReceivedMS*32:], 6400)
	in.end()
	v.ended()
	checkEvents(t, v.seen())
	v.wait("the gap is told", status("gap"))
	if got := strings.ToLower(finals(v.seen())); !strings.Contains(got, "computer") || strings.Count(got, "welcome") != 1 {
		t.Errorf("heard %q", got)
	}
}
