package subtitle

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/dauys/dauys/fault"
	subtitlev1 "github.com/dauys/dauys/proto/dauys/subtitle/v1"
	"github.com/dauys/dauys/services/await"
	"github.com/dauys/dauys/subtitle"
)

const (
	pieceBytes   = 256 << 10       // the most in one message, but for opus packets
	closeTimeout = 5 * time.Second // Close gives up waiting for the service to detach
)

// ingest is a source that outlives its links. One goroutine (run) owns the present link; the Cell guards what callers and
// links share.
type ingest struct {
	client    *Client
	programme string
	session   string
	format    subtitle.AudioFormat
	ctx       context.Context
	cancel    context.CancelFunc
	done      chan struct{} // run has ended

	await.Cell
	queue    [][]byte // not yet acknowledged, in order
	acked    uint32   // messages acknowledged since the source began
	sent     int      // of the queue, that the present link has
	rest     []byte   // of PCM: the bytes of a frame that is not whole yet
	received time.Duration
	last     last  // what is to be said when the queue is empty
	over     bool  // nothing more is carried
	err      error // why, nil = ended or detached as asked
}

// last is the message that closes a source.
type last uint8

const (
	goOn last = iota
	end
	detach
)

// Ingest attaches a source; ctx bounds the attaching only.
func (c *Client) Ingest(ctx context.Context, id string, format subtitle.AudioFormat) (subtitle.Ingest, error) {
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	in := &ingest{
		client: c, programme: id, session: uuid.NewString(), format: format,
		ctx: own, cancel: cancel, done: make(chan struct{}),
	}
	stop := context.AfterFunc(ctx, cancel)
	l, err := in.dial()
	if !stop() || err != nil {
		cancel()
		if l != nil {
			l.close()
		}
		if err == nil {
			err = ctx.Err()
		}
		return nil, c.fault(ctx, "subtitle.Ingest", err)
	}
	go in.run(l)
	return in, nil
}

// Write returns when the programme has the bytes; while the service is away it waits.
func (in *ingest) Write(ctx context.Context, p []byte) error {
	for _, piece := range in.pieces(p) {
		var number uint32
		in.Change(func() {
			in.queue = append(in.queue, piece)
			number = in.acked + uint32(len(in.queue))
		})
		if err := in.Until(ctx, func() (bool, error) {
			if in.over || in.last != goOn {
				return false, in.overLocked()
			}
			return int32(in.acked-number) >= 0, nil
		}); err != nil {
			return fault.E("subtitle.Write", fault.Other, err)
		}
	}
	return nil
}

// pieces cuts bytes into messages: PCM between frames, so that any message can be the first of a new source.
func (in *ingest) pieces(p []byte) (out [][]byte) {
	if in.format.Encoding == "opus" {
		return [][]byte{append([]byte(nil), p...)}
	}
	p = append(in.rest[:len(in.rest):len(in.rest)], p...)
	whole := len(p) - len(p)%in.frame()
	in.rest = p[whole:]
	for p = p[:whole]; len(p) > 0; {
		n := min(len(p), pieceBytes-pieceBytes%in.frame())
		out = append(out, p[:n:n])
		p = p[n:]
	}
	return out
}

// frame is the size of one frame of PCM; containers may be cut anywhere.
func (in *ingest) frame() int {
	channels := max(1, in.format.Channels)
	switch in.format.Encoding {
	case "pcm_s16le":
		return 2 * channels
	case "pcm_f32le":
		return 4 * channels
	case "mulaw":
		return channels
	}
	return 1
}

func (in *ingest) overLocked() error {
	if in.err != nil {
		return in.err
	}
	return fault.Errorf("subtitle.Ingest", fault.Invalid, "the source has ended")
}

// Received is what the service acknowledged.
func (in *ingest) Received() (d time.Duration) {
	in.Look(func() { d = in.received })
	return d
}

// End flushes and ends the programme.
func (in *ingest) End(ctx context.Context) error {
	const op fault.Op = "subtitle.End"
	in.Change(func() {
		if in.last == goOn {
			in.last = end
		}
	})
	if err := in.Until(ctx, func() (bool, error) { return in.over, nil }); err != nil {
		return fault.E(op, fault.Other, err)
	}
	<-in.done
	return fault.E(op, fault.Other, in.err)
}

// Close detaches the source, unless it has ended.
func (in *ingest) Close() error {
	in.Change(func() {
		if in.last == goOn {
			in.last = detach
		}
	})
	ctx, stop := context.WithTimeout(in.ctx, closeTimeout)
	defer stop()
	_ = in.Until(ctx, func() (bool, error) { return in.over, nil })
	in.cancel()
	<-in.done
	return nil
}

// takeLocked takes what the present link has not been given yet: data, then the last word; nil when there is nothing.
func (in *ingest) takeLocked() (m *subtitlev1.IngestRequest, closing bool) {
	switch {
	case in.sent < len(in.queue):
		in.sent++
		data := &subtitlev1.IngestData{Data: in.queue[in.sent-1]}
		return &subtitlev1.IngestRequest{Message: &subtitlev1.IngestRequest_Data{Data: data}}, false
	case in.last == end:
		return &subtitlev1.IngestRequest{Message: &subtitlev1.IngestRequest_End{End: &subtitlev1.IngestEnd{}}}, true
	case in.last == detach:
		return &subtitlev1.IngestRequest{Message: &subtitlev1.IngestRequest_Detach{Detach: &subtitlev1.IngestDetach{}}}, true
	}
	return nil, false
}

// progressLocked notes what the service has. accepted counts the messages of the service's session, which began at base.
func (in *ingest) progressLocked(p *subtitlev1.IngestProgress, base uint32) error {
	n := int(int32(base + p.GetAccepted() - in.acked))
	if n < 0 || n > in.sent {
		return errors.New("the service acknowledged what was not sent")
	}
	in.acked += uint32(n)
	in.queue, in.sent = in.queue[n:], in.sent-n
	in.received = fromMS(p.GetReceivedMs())
	return nil
}
