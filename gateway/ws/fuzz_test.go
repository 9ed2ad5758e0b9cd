package ws

import (
	"testing"

	"github.com/dauys/dauys/fault"
)

func FuzzHello(f *testing.F) {
	for _, seed := range []string{
		`{"format":"pcm_s16le","sample_rate":16000,"channels":1,"acks":true}`, `{"format":"opus"}`, `{"format":"webm","sample_rate":48000}`,
		`{"format":"mulaw","sample_rate":-8000,"channels":1}`, `{"format":5}`, `[]`, `null`, ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		format, _, err := parseHello(data)
		if err != nil {
			if k := fault.KindOf(err); k != fault.Invalid && k != fault.Unsupported {
				t.Errorf("kind %v: %v", k, err)
			}
			return
		}
		if format.SampleRate < 0 || format.SampleRate > 768000 || format.Channels < 0 || format.Channels > 64 || format.Encoding == "" {
			t.Errorf("accepted %+v", format)
		}
	})
}

func FuzzAfter(f *testing.F) {
	for _, seed := range []string{"", "0", "17", "-1", "x", "9223372036854775808"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if n, err := parseAfter(s); err == nil && n < 0 && s != "" {
			t.Errorf("%q became %d", s, n)
		}
	})
}
