package health

import (
	"context"
	"net/http"
	"testing"

	"connectrpc.com/connect"
	"go.uber.org/goleak"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"

	"github.com/dauys/dauys/internal/memhttp"
	"github.com/dauys/dauys/services/intercept"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func serve(t *testing.T, s *Status) *http.Client {
	t.Helper()
	opts, err := intercept.HandlerOptions(intercept.Config{})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle(NewHandler(s, opts...))
	web := memhttp.Start(&http.Server{Handler: mux})
	client := web.Client(true)
	t.Cleanup(func() {
		client.CloseIdleConnections()
		web.Close()
	})
	return client
}

func TestCheckTellsWhatServes(t *testing.T) {
	var s Status
	client := serve(t, &s)
	s.Set("asr", true)
	for name, want := range map[string]bool{"": true, "asr": true} {
		if got, err := Check(t.Context(), client, memhttp.URL, name); err != nil || got != want {
			t.Errorf("%q: %v, %v", name, got, err)
		}
	}
	s.Set("asr", false)
	for _, name := range []string{"", "asr"} {
		if got, err := Check(t.Context(), client, memhttp.URL, name); err != nil || got {
			t.Errorf("%q after it stopped: %v, %v", name, got, err)
		}
	}
	if _, err := Check(t.Context(), client, memhttp.URL, "tea"); connect.CodeOf(err) != connect.CodeNotFound {
		t.Errorf("unknown service: %v", err)
	}
}

func TestWatchTellsEachChange(t *testing.T) {
	var s Status
	client := serve(t, &s)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	watch := connect.NewClient[healthv1.HealthCheckRequest, healthv1.HealthCheckResponse](client, memhttp.URL+watchProcedure)
	stream, err := watch.CallServerStream(ctx, connect.NewRequest(&healthv1.HealthCheckRequest{Service: "asr"}))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []healthv1.HealthCheckResponse_ServingStatus{
		healthv1.HealthCheckResponse_SERVICE_UNKNOWN, healthv1.HealthCheckResponse_SERVING, healthv1.HealthCheckResponse_NOT_SERVING,
	} {
		if want != healthv1.HealthCheckResponse_SERVICE_UNKNOWN {
			s.Set("asr", want == healthv1.HealthCheckResponse_SERVING)
		}
		if !stream.Receive() || stream.Msg().GetStatus() != want {
			t.Fatalf("%v, %v, want %v", stream.Msg(), stream.Err(), want)
		}
	}
	cancel()
	_ = stream.Close()
}
