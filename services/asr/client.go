package asr

import (
	"context"
	"errors"
	"io"
	"log/slog"

	"connectrpc.com/connect"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/fault"
	asrv1 "github.com/dauys/dauys/proto/dauys/asr/v1"
	"github.com/dauys/dauys/proto/dauys/asr/v1/asrv1connect"
	"github.com/dauys/dauys/services/faults"
	"github.com/dauys/dauys/services/transport"
)

// uploadSamples is the size of one message of a recording: 128 KiB.
const uploadSamples = 32 << 10

// Config of a client.
type Config struct {
	Peer   transport.Config // where the service is
	Logger *slog.Logger     // reconnects; nil = none
}

// Client is an asr.Recognizer in another process. It is safe for concurrent use.
type Client struct {
	peer *transport.Client
	rpc  asrv1connect.RecognizerServiceClient
	log  *slog.Logger
}

var _ asr.Recognizer = (*Client)(nil)

// NewClient prepares a client; the service need not run yet.
func NewClient(cfg Config) (*Client, error) {
	peer, err := transport.New(cfg.Peer)
	if err != nil {
		return nil, err
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	return &Client{peer: peer, rpc: asrv1connect.NewRecognizerServiceClient(peer, peer.Base), log: cfg.Logger}, nil
}

// Close gives idle connections back; running calls go on.
func (c *Client) Close() { c.peer.Close() }

// Models asks the service what it can run.
func (c *Client) Models(ctx context.Context) ([]asr.ModelInfo, error) {
	res, err := c.rpc.ListModels(ctx, connect.NewRequest(&asrv1.ListModelsRequest{}))
	if err != nil {
		return nil, c.fault(ctx, "asr.Models", err)
	}
	var models []asr.ModelInfo
	for _, m := range res.Msg.GetModels() {
		models = append(models, asr.ModelInfo{
			ID: m.GetId(), Family: m.GetFamily(), Languages: m.GetLanguages(), Default: m.GetDefault(), Note: m.GetNote(),
		})
	}
	return models, nil
}

// Recognize sends a recording up while its segments come down.
func (c *Client) Recognize(ctx context.Context, src audio.Source, opts asr.Options) (*asr.Transcript, error) {
	const op fault.Op = "asr.Recognize"
	call, cancel := context.WithCancel(ctx)
	defer cancel()
	stream := c.rpc.Recognize(call)
	down := &download{stream: stream, opts: opts, done: make(chan struct{})}
	go func() {
		defer close(down.done)
		defer cancel() // stops the upload too
		down.err = down.run()
	}()
	upErr := upload(call, stream, src, opts)
	if upErr != nil {
		cancel()
	}
	<-down.done
	_ = stream.CloseResponse()
	refused := down.err != nil && connect.IsWireError(down.err)
	switch {
	case down.own != nil:
		return nil, fault.E(op, fault.Other, down.own)
	case upErr != nil && !refused:
		return nil, fault.E(op, fault.Other, upErr)
	case down.err != nil:
		return nil, c.fault(ctx, op, down.err)
	}
	return down.transcript, nil
}

func (c *Client) fault(ctx context.Context, op fault.Op, err error) error {
	return faults.FromConnect(ctx, op, c.peer.Base, err)
}

type recognizeStream = connect.BidiStreamForClient[asrv1.RecognizeRequest, asrv1.RecognizeResponse]

// upload sends the recording. An error is the source's; what the network does shows in the download.
func upload(ctx context.Context, stream *recognizeStream, src audio.Source, opts asr.Options) error {
	format := src.Format()
	start := &asrv1.RecognizeStart{
		RateHz: uint32(max(format.RateHz, 0)), Channels: uint32(max(format.Channels, 0)), Options: optionsToProto(opts),
	}
	if sized, ok := src.(audio.Sized); ok {
		start.Frames = float64(max(sized.Frames(), 0))
	}
	err := stream.Send(&asrv1.RecognizeRequest{Message: &asrv1.RecognizeRequest_Start{Start: start}})
	buf := make([]float32, max(1, uploadSamples/max(1, format.Channels))*max(1, format.Channels))
	for err == nil && ctx.Err() == nil {
		n, readErr := src.Read(buf)
		if n > 0 {
			sound := &asrv1.Audio{PcmF32Le: packSamples(buf[:n])}
			err = stream.Send(&asrv1.RecognizeRequest{Message: &asrv1.RecognizeRequest_Audio{Audio: sound}})
		}
		if errors.Is(readErr, io.EOF) {
			break
		}
		if readErr != nil {
			return readErr
		}
	}
	_ = stream.CloseRequest() // a broken stream shows in the download
	return nil
}

// download collects the answer. Its fields belong to its goroutine until done is closed.
type download struct {
	stream     *recognizeStream
	opts       asr.Options
	segments   []asr.Segment
	transcript *asr.Transcript
	err        error // of the call
	own        error // of the caller's OnSegment
	done       chan struct{}
}

func (d *download) run() error {
	for {
		m, err := d.stream.Receive()
		if err != nil {
			if errors.Is(err, io.EOF) {
				return connect.NewError(connect.CodeUnavailable, errors.New("the answer ended before its transcript"))
			}
			return err
		}
		switch {
		case m.GetTranscript() != nil:
			t := m.GetTranscript()
			d.transcript = &asr.Transcript{
				Model: t.GetModel(), Language: t.GetLanguage(), Duration: fromMS(t.GetDurationMs()), Segments: d.segments,
			}
			return nil
		case m.GetProgress() != nil && d.opts.Progress != nil:
			d.opts.Progress(fromMS(m.GetProgress().GetDoneMs()), fromMS(m.GetProgress().GetTotalMs()))
		case m.GetSegment() != nil:
			if d.own = d.segment(segmentFromProto(m.GetSegment())); d.own != nil {
				return d.own
			}
		}
	}
}

func (d *download) segment(s asr.Segment) error {
	if d.opts.OnSegment != nil {
		return d.opts.OnSegment(s)
	}
	d.segments = append(d.segments, s)
	return nil
}
