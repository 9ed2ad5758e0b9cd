package asr

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"connectrpc.com/connect"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/fault"
	asrv1 "github.com/dauys/dauys/proto/dauys/asr/v1"
	"github.com/dauys/dauys/proto/dauys/asr/v1/asrv1connect"
	"github.com/dauys/dauys/services/await"
)

// Service is the name under which health checks ask for it.
const Service = asrv1connect.RecognizerServiceName

// Server serves a recogniser.
type Server struct {
	recognizer asr.Recognizer
	live       await.Group // live streams: a call and a reader each
}

// NewServer adapts a recogniser.
func NewServer(r asr.Recognizer) *Server { return &Server{recognizer: r} }

// Handler gives the path and the handler of the service.
func (s *Server) Handler(opts ...connect.HandlerOption) (string, http.Handler) {
	return asrv1connect.NewRecognizerServiceHandler(s, opts...)
}

// Close ends the live streams and waits for them. Their readers return once the HTTP server lets go of the requests: shut it
// down too, before or meanwhile.
func (s *Server) Close() { s.live.Close() }

// ListModels tells what the recogniser can run.
func (s *Server) ListModels(ctx context.Context, _ *connect.Request[asrv1.ListModelsRequest]) (*connect.Response[asrv1.ListModelsResponse], error) {
	models, err := s.recognizer.Models(ctx)
	if err != nil {
		return nil, err
	}
	res := &asrv1.ListModelsResponse{}
	for _, m := range models {
		res.Models = append(res.Models, &asrv1.ModelInfo{
			Id: m.ID, Family: m.Family, Languages: m.Languages, Default: m.Default, Note: m.Note,
		})
	}
	return connect.NewResponse(res), nil
}

// Recognize transcribes a recording that comes up the stream.
func (s *Server) Recognize(ctx context.Context, stream *connect.BidiStream[asrv1.RecognizeRequest, asrv1.RecognizeResponse]) error {
	first, err := stream.Receive()
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	start := first.GetStart()
	if start == nil {
		return fault.Errorf("asr.Recognize", fault.Invalid, "the first message must be start")
	}
	src := &uploaded{
		stream: stream,
		format: audio.Format{RateHz: int(start.GetRateHz()), Channels: int(start.GetChannels())},
		frames: int64(start.GetFrames()),
	}
	out := &answers{stream: stream}
	opts := optionsFromProto(start.GetOptions())
	opts.OnSegment = func(seg asr.Segment) error {
		return out.send(&asrv1.RecognizeResponse{Message: &asrv1.RecognizeResponse_Segment{Segment: segmentToProto(seg)}})
	}
	if start.GetOptions().GetProgress() {
		opts.Progress = func(done, total time.Duration) {
			progress := &asrv1.Progress{DoneMs: toMS(done), TotalMs: toMS(total)}
			// A client that went away shows in the next segment and in ctx.
			_ = out.send(&asrv1.RecognizeResponse{Message: &asrv1.RecognizeResponse_Progress{Progress: progress}})
		}
	}
	tr, err := s.recognizer.Recognize(ctx, src, opts)
	if err != nil {
		return err
	}
	return out.send(&asrv1.RecognizeResponse{Message: &asrv1.RecognizeResponse_Transcript{Transcript: &asrv1.Transcript{
		Model: tr.Model, Language: tr.Language, DurationMs: toMS(tr.Duration),
	}}})
}

// answers lets segments and progress come from any goroutine of an engine.
type answers struct {
	mu     sync.Mutex
	stream *connect.BidiStream[asrv1.RecognizeRequest, asrv1.RecognizeResponse]
}

func (a *answers) send(m *asrv1.RecognizeResponse) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.stream.Send(m)
}

// uploaded is the recording on its way up, as a source.
type uploaded struct {
	stream *connect.BidiStream[asrv1.RecognizeRequest, asrv1.RecognizeResponse]
	format audio.Format
	frames int64
	rest   []float32
}

// Format is what the start message said.
func (u *uploaded) Format() audio.Format { return u.format }

// Frames is the length that the sender told, 0 when it did not know.
func (u *uploaded) Frames() int64 { return u.frames }

// Read gives the next samples, whole frames.
func (u *uploaded) Read(p []float32) (int, error) {
	for len(u.rest) == 0 {
		m, err := u.stream.Receive()
		if errors.Is(err, io.EOF) {
			return 0, io.EOF
		}
		if err != nil {
			return 0, fault.Errorf("asr.Recognize", fault.Canceled, "the recording broke off: %w", err)
		}
		if m.GetAudio() == nil {
			return 0, fault.Errorf("asr.Recognize", fault.Invalid, "after start only sound may come")
		}
		if u.rest, err = unpackSamples(m.GetAudio().GetPcmF32Le(), u.format.Channels); err != nil {
			return 0, err
		}
	}
	n := copy(p[:len(p)-len(p)%u.format.Channels], u.rest)
	u.rest = u.rest[n:]
	return n, nil
}
