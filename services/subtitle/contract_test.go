package subtitle

import (
	"context"
	"net/http"
	"testing"

	"go.uber.org/goleak"

	"github.com/dauys/dauys/internal/memhttp"
	"github.com/dauys/dauys/services/intercept"
	"github.com/dauys/dauys/services/transport"
	"github.com/dauys/dauys/store/memory"
	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/subtitle/live"
	"github.com/dauys/dauys/subtitle/subtitletest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// remote serves a service in memory and gives its client.
func remote(t testing.TB, s subtitle.Service) (*Client, *memhttp.Server) {
	t.Helper()
	opts, err := intercept.HandlerOptions(intercept.Config{})
	if err != nil {
		t.Fatal(err)
	}
	server := NewServer(s)
	mux := http.NewServeMux()
	mux.Handle(server.Handler(opts...))
	web := &http.Server{Handler: mux}
	transport.Serve(web)
	mem := memhttp.Start(web)
	client, err := NewClient(Config{Peer: transport.Config{URL: memhttp.URL, Dial: mem.Dial}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		client.Close()
		mem.Close()
		server.Close()
	})
	return client, mem
}

// local runs programmes in this process.
func local(t testing.TB, l subtitle.Listener) subtitle.Service {
	t.Helper()
	decode := func(subtitle.AudioFormat) (live.Decoder, error) { return &subtitletest.PCM{}, nil }
	s, err := live.New(t.Context(), live.Config{
		Listener: l, Log: &memory.Log{}, Registry: &memory.Registry{}, Decode: decode, Programmes: subtitletest.Slots,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestRemoteServiceKeepsTheContract(t *testing.T) {
	subtitletest.Run(t, func(t *testing.T, l subtitle.Listener) subtitle.Service {
		client, _ := remote(t, local(t, l))
		return client
	})
}
