package g711

import (
	"os"
	"testing"

	"github.com/dauys/dauys/internal/shared"
)

// Corner values of ITU-T G.711 tables 1a (A-law) and 2a (mu-law), scaled to 16 bits.
func TestExpandsTheValuesOfTheStandard(t *testing.T) {
	for _, c := range []struct {
		name   string
		decode func(byte) int16
		in     byte
		want   int16
	}{
		{"mu-law loudest negative", MuLaw, 0x00, -32124},
		{"mu-law loudest positive", MuLaw, 0x80, 32124},
		{"mu-law zero", MuLaw, 0xFF, 0},
		{"mu-law negative zero", MuLaw, 0x7F, 0},
		{"mu-law first step", MuLaw, 0xFE, 8},
		{"A-law loudest positive", ALaw, 0xAA, 32256},
		{"A-law loudest negative", ALaw, 0x2A, -32256},
		{"A-law quietest positive", ALaw, 0xD5, 8},
		{"A-law quietest negative", ALaw, 0x55, -8},
	} {
		if got := c.decode(c.in); got != c.want {
			t.Errorf("%s: 0x%02x gives %d, want %d", c.name, c.in, got, c.want)
		}
	}
}

func TestEncodingOfEveryDecodedValueIsItself(t *testing.T) {
	for b := range 256 {
		if got := EncodeALaw(ALaw(byte(b))); got != byte(b) {
			t.Errorf("A-law 0x%02x comes back as 0x%02x", b, got)
		}
		if got := EncodeMuLaw(MuLaw(byte(b))); got != byte(b) && b != 0x7F { // 0x7F is a second zero
			t.Errorf("mu-law 0x%02x comes back as 0x%02x", b, got)
		}
	}
}

func TestEncoderPicksANearValueForEverySample(t *testing.T) {
	for s := -32768; s <= 32767; s++ {
		// Half a step of the sample's segment: steps double per segment, the coarsest is 1024 wide; clipping adds 1000.
		bound := max(8, abs(s)/16)
		if d := abs(int(MuLaw(EncodeMuLaw(int16(s)))) - s); d > bound {
			t.Fatalf("mu-law of %d is off by %d", s, d)
		}
		if d := abs(int(ALaw(EncodeALaw(int16(s)))) - s); d > bound {
			t.Fatalf("A-law of %d is off by %d", s, d)
		}
	}
}

// The file is Russian speech, A-law at 8 kHz. Neighbouring samples of speech resemble each other; those of a wrong expansion do not.
func TestRealCallSoundsLikeSpeech(t *testing.T) {
	raw, err := os.ReadFile(shared.Path(t, "data/speech/ru/sample_3.al"))
	if err != nil {
		t.Fatal(err)
	}
	power, product, last := 0.0, 0.0, 0.0
	for _, b := range raw {
		v := float64(ALaw(b))
		power, product, last = power+v*v, product+v*last, v
	}
	if product/power < 0.8 {
		t.Errorf("neighbours correlate by %.3f only: not speech", product/power)
	}
}

func abs(x int) int { return max(x, -x) }
