package memhttp

import (
	"io"
	"net/http"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestServesBothProtocols(t *testing.T) {
	s := New(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.Proto)
	}))
	for http2, want := range map[bool]string{false: "HTTP/1.1", true: "HTTP/2.0"} {
		client := s.Client(http2)
		defer client.CloseIdleConnections()
		res, err := client.Get(URL + "/x")
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || string(body) != want {
			t.Errorf("body %q, %v; want %s", body, err, want)
		}
	}
}

func TestCutBreaksARequestInFlight(t *testing.T) {
	reached := make(chan struct{})
	s := New(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(reached)
		<-r.Context().Done()
	}))
	client := s.Client(true)
	defer client.CloseIdleConnections()
	go func() {
		<-reached
		s.Cut()
	}()
	if res, err := client.Get(URL); err == nil {
		_ = res.Body.Close()
		t.Fatal("the request survived the cut")
	}
}
