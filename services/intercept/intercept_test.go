package intercept

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"connectrpc.com/connect"
	"go.uber.org/goleak"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/internal/memhttp"
	subtitlev1 "github.com/dauys/dauys/proto/dauys/subtitle/v1"
	"github.com/dauys/dauys/proto/dauys/subtitle/v1/subtitlev1connect"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// scripted fails as the programme's id says.
type scripted struct {
	subtitlev1connect.UnimplementedSubtitleServiceHandler
}

func fail(id string) error {
	switch id {
	case "absent":
		return fault.Errorf("scripted.Get", fault.NotFound, "programme absent: there is none")
	case "broken":
		return errors.New("/secret")
	case "panic":
		panic("/secret")
	}
	return nil
}

func (scripted) GetProgramme(_ context.Context, req *connect.Request[subtitlev1.GetProgrammeRequest]) (*connect.Response[subtitlev1.GetProgrammeResponse], error) {
	return connect.NewResponse(&subtitlev1.GetProgrammeResponse{}), fail(req.Msg.GetId())
}

func (scripted) Subscribe(_ context.Context, req *connect.Request[subtitlev1.SubscribeRequest], _ *connect.ServerStream[subtitlev1.SubscribeResponse]) error {
	return fail(req.Msg.GetId())
}

func TestCallsAreGuarded(t *testing.T) {
	var log bytes.Buffer
	opts, err := HandlerOptions(Config{Logger: slog.New(slog.NewTextHandler(&log, nil)), Tracing: true})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle(subtitlev1connect.NewSubtitleServiceHandler(scripted{}, opts...))
	web := memhttp.Start(&http.Server{Handler: mux})
	httpClient := web.Client(true)
	t.Cleanup(func() {
		httpClient.CloseIdleConnections()
		web.Close()
	})
	client := subtitlev1connect.NewSubtitleServiceClient(httpClient, memhttp.URL)
	for _, c := range []struct {
		name, id string
		code     connect.Code
		text     string
		logged   bool
	}{
		{"fine", "p1", 0, "", false},
		{"refusal is told", "absent", connect.CodeNotFound, "there is none", false},
		{"defect is hidden and logged", "broken", connect.CodeUnknown, "request r-7", true},
		{"panic is hidden and logged", "panic", connect.CodeInternal, "request r-7", true},
		{"rules of the proto", "", connect.CodeInvalidArgument, "id", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			log.Reset()
			req := connect.NewRequest(&subtitlev1.GetProgrammeRequest{Id: c.id})
			req.Header().Set(RequestID, "r-7")
			res, err := client.GetProgramme(t.Context(), req)
			if c.code == 0 && (err != nil || res.Header().Get(RequestID) != "r-7") {
				t.Errorf("%v", err)
			}
			check(t, err, c.code, c.text)
			if logged := strings.Contains(log.String(), "/secret"); logged != c.logged {
				t.Errorf("log: %s", &log)
			}
			stream, err := client.Subscribe(t.Context(), connect.NewRequest(&subtitlev1.SubscribeRequest{Id: c.id}))
			if err == nil {
				stream.Receive()
				err = stream.Err()
				_ = stream.Close()
			}
			text := c.text
			if c.logged {
				text = "request" // a stream has its own id
			}
			check(t, err, c.code, text)
		})
	}
}

func check(t *testing.T, err error, code connect.Code, text string) {
	t.Helper()
	if code == 0 {
		if err != nil {
			t.Error(err)
		}
		return
	}
	if connect.CodeOf(err) != code || !strings.Contains(err.Error(), text) || strings.Contains(err.Error(), "secret") {
		t.Errorf("error %v", err)
	}
}

func TestStrangeRequestIDsAreReplaced(t *testing.T) {
	for id, keep := range map[string]bool{"abc-1": true, "": false, "a b": false, "a\nb": false, strings.Repeat("a", 65): false} {
		if got := idOf(http.Header{RequestID: {id}}); (got == id) != keep || got == "" {
			t.Errorf("%q became %q", id, got)
		}
	}
}
