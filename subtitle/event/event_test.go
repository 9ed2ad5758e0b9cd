package event

import (
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/subtitle"
)

var update = flag.Bool("update", false, "rewrite testdata/*.json from the code: our own text output")

var at = time.Date(2026, 11, 22, 9, 30, 0, 250_000_000, time.UTC)

func samples() map[string]subtitle.Event {
	ms := time.Millisecond
	return map[string]subtitle.Event{
		"partial": {
			Seq: 7, Type: subtitle.EventSegment, Segment: "s3", Revision: 2, Language: "kk", SourceLanguage: "kk",
			Text: "Сәлеметсіз бе", Stable: 1, Start: 1200 * ms, End: 2050 * ms, Time: at,
			Words: []subtitle.Word{
				{Text: "Сәлеметсіз", Start: 1200 * ms, End: 1800 * ms, Confidence: 0.91, Final: true},
				{Text: "бе", Start: 1800 * ms, End: 2050 * ms, Confidence: 0.4},
			},
		},
		"final": {
			Seq: 8, Type: subtitle.EventSegment, Segment: "s3", Revision: 3, Language: "ru", SourceLanguage: "kk",
			Text: "Здравствуйте & \"<b>\"", Stable: 2, Start: 1200 * ms, End: 2050 * ms, Final: true, SourceRevision: 2,
			Speaker: "1", Time: at,
		},
		"retract": {Seq: 9, Type: subtitle.EventRetract, Segment: "s4", Revision: 2, Language: "kk", Time: at},
		"status":  {Seq: 10, Type: subtitle.EventStatus, Code: "gap", Message: "sound was lost", Start: 3000 * ms, End: 4000 * ms, Time: at},
		"error":   {Seq: 11, Type: subtitle.EventError, Code: "unavailable", Message: "no recogniser", Time: at},
		"end":     {Seq: 12, Type: subtitle.EventEnd, Time: at},
	}
}

func TestEncodedEventIsTheGoldenFile(t *testing.T) {
	for name, e := range samples() {
		t.Run(name, func(t *testing.T) {
			got, err := Encode(e)
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", name+".event.json")
			if *update {
				if err := os.WriteFile(file, append(got, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimSpace(string(want)), string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeGivesBackWhatWasEncoded(t *testing.T) {
	for name, e := range samples() {
		t.Run(name, func(t *testing.T) {
			b, err := Encode(e)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Decode(b)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(e, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSegmentAlwaysCarriesItsWholeText(t *testing.T) {
	b, err := Encode(subtitle.Event{Seq: 1, Type: subtitle.EventSegment, Time: at})
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"seq", "type", "text", "stable", "start_ms", "end_ms", "final", "time", "words"} {
		if _, ok := m[key]; !ok {
			t.Errorf("%s is missing in %s", key, b)
		}
	}
	if m["words"] == nil {
		t.Error("words is null, not an empty list")
	}
}

func TestRoundedEventSurvivesTheWire(t *testing.T) {
	e := samples()["partial"]
	e.Time = time.Now()
	e.Start, e.Words[0].End, e.Words[1].Confidence = 1234567*time.Nanosecond, 999999*time.Nanosecond, math.NaN()
	e = Round(e)
	b, err := Encode(e)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(e, got); diff != "" {
		t.Error(diff)
	}
}

func TestDecode(t *testing.T) {
	const good = `{"seq":1,"type":"end","time":"2026-11-22T09:30:00Z"`
	for _, c := range []struct {
		name, in string
		ok       bool
	}{
		{"unknown field is ignored", good + `,"colour":"red"}`, true},
		{"unknown type is kept", strings.Replace(good, "end", "weather", 1) + `}`, true},
		{"not JSON", "hello", false},
		{"an array", "[]", false},
		{"no type", `{"seq":1,"time":"2026-11-22T09:30:00Z"}`, false},
		{"no time", `{"seq":1,"type":"end"}`, false},
		{"time is a number", `{"seq":1,"type":"end","time":5}`, false},
		{"negative seq", strings.Replace(good, ":1", ":-1", 1) + `}`, false},
		{"negative start", good + `,"start_ms":-5}`, false},
		{"end beyond what a duration holds", good + `,"end_ms":9223372036854775807}`, false},
		{"seq is no integer", strings.Replace(good, ":1", ":1.5", 1) + `}`, false},
		{"too long", good + `,"text":"` + strings.Repeat("a", MaxBytes) + `"}`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Decode([]byte(c.in))
			if (err == nil) != c.ok {
				t.Fatalf("error: %v, want ok %v", err, c.ok)
			}
			if err != nil && fault.KindOf(err) != fault.Invalid {
				t.Errorf("kind %v, want invalid", fault.KindOf(err))
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	for _, e := range samples() {
		b, err := Encode(e)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := Decode(data)
		if err != nil {
			return
		}
		b, err := Encode(e)
		if err != nil {
			t.Fatalf("decoded event does not encode: %v", err)
		}
		if _, err := Decode(b); err != nil {
			t.Fatalf("encoded event does not decode: %v", err)
		}
	})
}
