package engine_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/asr/asrtest"
	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/audio/decode"
	"github.com/dauys/dauys/internal/shared"
)

// transcript recognises a file and gives its text.
func transcript(t *testing.T, r asr.Recognizer, src audio.Source, o asr.Options) (*asr.Transcript, string) {
	t.Helper()
	tr, err := r.Recognize(t.Context(), src, o)
	if err != nil {
		t.Fatal(err)
	}
	var parts []string
	for _, s := range tr.Segments {
		parts = append(parts, s.Text)
	}
	return tr, strings.Join(parts, " ")
}

func decoded(t *testing.T, path string) audio.Source {
	t.Helper()
	src, err := decode.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := src.Close(); err != nil {
			t.Error(err)
		}
	})
	return src
}

// testdata/jfk.words.tsv is what the reference program finds.
func TestWordTimesEqualTheReference(t *testing.T) {
	e := realEngine(t)
	golden, err := os.ReadFile(filepath.Join("testdata", "jfk.words.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	tr, _ := transcript(t, e, open(t, shared.Path(t, "data/speech/en/jfk.wav")), asr.Options{
		Languages: []string{"en"}, Beam: 1, NoFallback: true, WordTimes: true,
	})
	var got []asr.Word
	for _, s := range tr.Segments {
		got = append(got, s.Words...)
	}
	lines := strings.Split(strings.TrimSpace(string(golden)), "\n")[1:]
	if len(got) != len(lines) {
		t.Fatalf("%d words, the reference has %d", len(got), len(lines))
	}
	for i, line := range lines {
		var start, end, p float64
		var word string
		if _, err := fmt.Sscan(line, &start, &end, &word, &p); err != nil {
			t.Fatal(err)
		}
		w := got[i]
		if w.Text != word || math.Abs(w.Start.Seconds()-start) > 0.045 || math.Abs(w.End.Seconds()-end) > 0.045 {
			t.Errorf("%s %v..%v, the reference %s", w.Text, w.Start, w.End, line)
		}
	}
}

func TestHotWordsDecideTheSpelling(t *testing.T) {
	e := realEngine(t)
	path := shared.Path(t, "data/speech/en/hotwords.mp3")
	o := asr.Options{Languages: []string{"en"}}
	if _, without := transcript(t, e, decoded(t, path), o); strings.Contains(without, "ComfyUI") {
		t.Logf("known without help: %q", without)
	}
	o.HotWords = []string{"ComfyUI"}
	if _, with := transcript(t, e, decoded(t, path), o); !strings.Contains(with, "ComfyUI") {
		t.Errorf("heard %q", with)
	}
}

func TestMusicAndSilenceAreNoText(t *testing.T) {
	e := realEngine(t)
	for name, src := range map[string]audio.Source{
		"music":         decoded(t, shared.Path(t, "data/noise/waltz.ogg")),
		"silence":       &asrtest.Source{Samples: make([]float32, 70*audio.RateHz)},
		"short silence": &asrtest.Source{Samples: make([]float32, audio.RateHz/3)},
	} {
		if _, text := transcript(t, e, src, asr.Options{}); text != "" {
			t.Errorf("%s: heard %q", name, text)
		}
	}
}

func TestLanguageIsFoundInTheSet(t *testing.T) {
	e := realEngine(t)
	for path, want := range map[string]string{"ru/test_sound_ru.wav": "ru", "en/jfk.wav": "en"} {
		if tr, _ := transcript(t, e, open(t, shared.Path(t, "data/speech/"+path)), asr.Options{Beam: 1}); tr.Language != want {
			t.Errorf("%s: language %s, want %s", path, tr.Language, want)
		}
	}
}

// A minute that is cut in windows holds the words of its parts, with times that go on, whether cut at pauses or plainly.
func TestWindowsJoin(t *testing.T) {
	e := realEngine(t)
	one := samplesOf(t, shared.Path(t, "data/speech/en/jfk.wav"))
	var all []float32
	for range 5 {
		all = append(append(all, one...), make([]float32, audio.RateHz)...)
	}
	for _, plain := range []bool{false, true} {
		tr, text := transcript(t, e, &asrtest.Source{Samples: all}, asr.Options{Languages: []string{"en"}, Beam: 1, NoVAD: plain})
		if got := strings.Count(words(text), "fellow americans"); got != 5 {
			t.Errorf("plain %v: said 5 times, heard %d times: %s", plain, got, text)
		}
		last := time.Duration(0)
		for _, s := range tr.Segments {
			if s.Start < last || s.End > tr.Duration+time.Second {
				t.Errorf("plain %v: segment %v..%v after %v", plain, s.Start, s.End, last)
			}
			last = s.Start
		}
		if last < 45*time.Second {
			t.Errorf("plain %v: the last segment begins at %v", plain, last)
		}
	}
}
