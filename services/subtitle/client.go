package subtitle

import (
	"context"
	"log/slog"

	"connectrpc.com/connect"

	"github.com/dauys/dauys/fault"
	subtitlev1 "github.com/dauys/dauys/proto/dauys/subtitle/v1"
	"github.com/dauys/dauys/proto/dauys/subtitle/v1/subtitlev1connect"
	"github.com/dauys/dauys/services/faults"
	"github.com/dauys/dauys/services/transport"
	"github.com/dauys/dauys/subtitle"
)

// Config of a client.
type Config struct {
	Peer   transport.Config // where the service is
	Logger *slog.Logger     // reconnects; nil = none
}

// Client is a subtitle.Service in another process. It is safe for concurrent use.
type Client struct {
	peer *transport.Client
	rpc  subtitlev1connect.SubtitleServiceClient
	log  *slog.Logger
}

var _ subtitle.Service = (*Client)(nil)

// NewClient prepares a client; the service need not run yet.
func NewClient(cfg Config) (*Client, error) {
	peer, err := transport.New(cfg.Peer)
	if err != nil {
		return nil, err
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	return &Client{peer: peer, rpc: subtitlev1connect.NewSubtitleServiceClient(peer, peer.Base), log: cfg.Logger}, nil
}

// Close gives idle connections back; running calls go on.
func (c *Client) Close() { c.peer.Close() }

func (c *Client) fault(ctx context.Context, op fault.Op, err error) error {
	return faults.FromConnect(ctx, op, c.peer.Base, err)
}

// Create makes a programme.
func (c *Client) Create(ctx context.Context, spec subtitle.Spec) (*subtitle.Programme, error) {
	wire, err := specToProto(spec)
	if err != nil {
		return nil, err
	}
	res, err := c.rpc.CreateProgramme(ctx, connect.NewRequest(&subtitlev1.CreateProgrammeRequest{Spec: wire}))
	if err != nil {
		return nil, c.fault(ctx, "subtitle.Create", err)
	}
	return programmeFromProto(res.Msg.GetProgramme()), nil
}

// Get tells how a programme stands.
func (c *Client) Get(ctx context.Context, id string) (*subtitle.Programme, error) {
	res, err := c.rpc.GetProgramme(ctx, connect.NewRequest(&subtitlev1.GetProgrammeRequest{Id: id}))
	if err != nil {
		return nil, c.fault(ctx, "subtitle.Get", err)
	}
	return programmeFromProto(res.Msg.GetProgramme()), nil
}

// List tells all programmes.
func (c *Client) List(ctx context.Context) ([]subtitle.Programme, error) {
	res, err := c.rpc.ListProgrammes(ctx, connect.NewRequest(&subtitlev1.ListProgrammesRequest{}))
	if err != nil {
		return nil, c.fault(ctx, "subtitle.List", err)
	}
	var all []subtitle.Programme
	for _, p := range res.Msg.GetProgrammes() {
		all = append(all, *programmeFromProto(p))
	}
	return all, nil
}

// Delete ends and removes a programme.
func (c *Client) Delete(ctx context.Context, id string) error {
	_, err := c.rpc.DeleteProgramme(ctx, connect.NewRequest(&subtitlev1.DeleteProgrammeRequest{Id: id}))
	return c.fault(ctx, "subtitle.Delete", err)
}
