package vad

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dauys/dauys/fault"
)

// levels are the probabilities that the scripts' letters stand for.
var levels = map[rune]float32{'.': 0.1, '-': 0.4, '#': 0.9}

// run pushes a script, a letter a frame, and gives the spans in frames, rounded down.
func run(t *testing.T, c Config, script string) (spans [][2]int64) {
	t.Helper()
	s, err := NewSegmenter(c)
	if err != nil {
		t.Fatal(err)
	}
	add := func(span Span, ended bool) {
		if ended {
			spans = append(spans, [2]int64{span.Start / FrameSamples, span.End / FrameSamples})
		}
	}
	for _, letter := range script {
		add(s.Push(levels[letter]))
	}
	add(s.Flush())
	return spans
}

func TestSegmenterCutsSpeech(t *testing.T) {
	frame := 32 * time.Millisecond
	const word = "############" // 12 frames: longer than MinSpeech
	exact := Config{Pad: time.Nanosecond}
	for _, c := range []struct {
		name   string
		config Config
		script string
		want   [][2]int64
	}{
		{"silence yields no span", exact, strings.Repeat(".", 50), nil},
		{"uncertain sound does not begin speech", exact, strings.Repeat("-", 50), nil},
		{"a word between silence", exact, "..." + word + "......", [][2]int64{{3, 15}}},
		{"uncertain sound does not end speech", exact, "..." + word + "------" + word + "......", [][2]int64{{3, 33}}},
		{"a click is no speech", exact, "...######......", nil},
		{"a short pause belongs to speech", exact, "." + word + "..." + word + "......", [][2]int64{{1, 28}}},
		{"a pause of MinSilence parts two words", exact, "." + word + "......" + word + "......", [][2]int64{{1, 13}, {19, 31}}},
		{"the end of the sound ends speech", exact, "." + word, [][2]int64{{1, 13}}},
		{"the end of the sound keeps the pause out", exact, "." + word + "..", [][2]int64{{1, 13}}},
		{"padding reaches into the silence", Config{Pad: 2 * frame}, "....." + word + "......", [][2]int64{{3, 19}}},
		{"padding stops at the first sample", Config{Pad: 3 * frame}, "." + word + "......", [][2]int64{{0, 16}}},
		{
			"padded spans do not overlap",
			Config{Pad: 4 * frame},
			"." + word + "......" + word + "........",
			[][2]int64{{0, 17}, {17, 35}},
		},
		{
			"long speech is cut",
			Config{Pad: time.Nanosecond, MaxSpeech: 20 * frame},
			word + word + "......",
			[][2]int64{{0, 20}},
		}, // the 4 frames behind the cut are a click
		{
			"long speech is cut at its longest pause",
			Config{Pad: time.Nanosecond, MaxSpeech: 30 * frame, MinSilence: 10 * frame},
			word + "....." + word + "#" + word + "............",
			[][2]int64{{0, 12}, {17, 42}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := run(t, c.config, c.script); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// testdata/spans.tsv: what faster-whisper makes of the same probabilities. Where the padding exceeds half of the shortest
// pause the two may differ: it halves the pause between spans, which needs a look ahead.
func TestSpansEqualFasterWhispers(t *testing.T) {
	text, err := os.ReadFile("testdata/spans.tsv")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	for _, line := range lines[3:] {
		var silence, speech, pad int
		if _, err := fmt.Sscan(line, &silence, &speech, &pad); err != nil {
			t.Fatal(err)
		}
		ms := func(n int) time.Duration { return max(time.Duration(n)*time.Millisecond, 1) }
		s, err := NewSegmenter(Config{MinSilence: ms(silence), MinSpeech: ms(speech), Pad: ms(pad)})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		add := func(span Span, ended bool) {
			if ended {
				got = append(got, fmt.Sprintf("%d-%d", span.Start, span.End))
			}
		}
		for _, digit := range lines[1] {
			add(s.Push((float32(digit-'0') + 0.3) / 10))
		}
		add(s.Flush())
		if want := strings.Split(line, "\t")[3]; strings.Join(got, " ") != want {
			t.Errorf("silence %d, speech %d, pad %d:\n got %v\nwant %s", silence, speech, pad, got, want)
		}
	}
}

func TestSegmenterTellsWhatIsUnderWay(t *testing.T) {
	s, err := NewSegmenter(Config{MinSilence: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		letter           rune
		speaking, voiced bool
		pause            time.Duration
	}{
		{'.', false, false, 0},
		{'#', true, true, 0},
		{'-', true, true, 0},
		{'.', true, false, 32 * time.Millisecond},
		{'-', true, false, 64 * time.Millisecond},
		{'#', true, true, 0},
	} {
		s.Push(levels[step.letter])
		if s.Speaking() != step.speaking || s.Voiced() != step.voiced || s.Pause() != step.pause {
			t.Errorf("after %c at %d: speaking %t, voiced %t, pause %v", step.letter, s.Now(), s.Speaking(), s.Voiced(), s.Pause())
		}
	}
}

func TestSegmenterRefusesThresholdsOutOfOrder(t *testing.T) {
	for _, c := range []Config{{Enter: 1.5}, {Enter: 0.4, Leave: 0.6}, {Enter: -1}, {Leave: -0.5}} {
		if _, err := NewSegmenter(c); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// Whatever the probabilities: spans lie in order, do not overlap, stay inside the sound and are not shorter than MinSpeech.
func TestSpansAreOrderedAndInsideTheSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ms := func(name string) time.Duration {
			return time.Duration(rapid.IntRange(0, 900).Draw(t, name)) * time.Millisecond
		}
		c := Config{Pad: ms("pad"), MinSilence: ms("silence"), MinSpeech: ms("speech"), MaxSpeech: 2 * ms("max")}
		s, err := NewSegmenter(c)
		if err != nil {
			t.Fatal(err)
		}
		last := int64(0)
		check := func(span Span, ended bool) {
			if ended && (span.Start < last || span.End <= span.Start || span.End > s.Now()) {
				t.Fatalf("span %v after %d at %d", span, last, s.Now())
			}
			if ended {
				last = span.End
			}
		}
		for _, p := range rapid.SliceOfN(rapid.Float32Range(0, 1), 0, 200).Draw(t, "probabilities") {
			check(s.Push(p))
		}
		check(s.Flush())
	})
}
