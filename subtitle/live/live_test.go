package live_test

import (
	"context"
	"testing"

	"go.uber.org/goleak"

	"github.com/dauys/dauys/store/memory"
	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/subtitle/live"
	"github.com/dauys/dauys/subtitle/subtitletest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func decode(subtitle.AudioFormat) (live.Decoder, error) { return &subtitletest.PCM{}, nil }

func TestServiceContract(t *testing.T) {
	subtitletest.Run(t, func(t *testing.T, l subtitle.Listener) subtitle.Service {
		s, err := live.New(t.Context(), live.Config{
			Listener: l, Log: &memory.Log{}, Registry: &memory.Registry{},
			Decode: decode, Programmes: subtitletest.Slots,
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
	})
}
