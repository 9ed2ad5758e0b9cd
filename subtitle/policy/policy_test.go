package policy_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/subtitle/phrase"
	"github.com/dauys/dauys/subtitle/policy"
	"github.com/dauys/dauys/subtitle/policy/script"
)

func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.script")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".script"), func(t *testing.T) {
			f, err := os.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if err := script.Run(f); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestConfigErrorNamesTheFault(t *testing.T) {
	for _, c := range []policy.Config{{Agreement: "guess"}, {Lines: -1}, {Force: -time.Second}} {
		if _, err := policy.New(c, 1); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v, want an invalid configuration", c, err)
		}
	}
}

// viewer checks what every viewer may rely on.
type viewer struct {
	t     *rapid.T
	open  map[int]policy.Update
	done  map[int]bool
	final []string
}

func (v *viewer) see(d policy.Decision) {
	for _, u := range d.Updates {
		old := v.open[u.Segment]
		if v.done[u.Segment] {
			v.t.Fatalf("segment %d is shown after it was closed", u.Segment)
		}
		if u.Revision != old.Revision+1 {
			v.t.Fatalf("segment %d: revision %d after %d", u.Segment, u.Revision, old.Revision)
		}
		if u.Retract {
			if old.Stable > 0 {
				v.t.Fatalf("segment %d was retracted with %d stable words", u.Segment, old.Stable)
			}
			v.done[u.Segment] = true
			continue
		}
		v.keeps(old, u)
		v.open[u.Segment] = u
		if u.Final {
			v.done[u.Segment] = true
			for _, w := range u.Words {
				v.final = append(v.final, w.Text)
			}
		}
	}
}

func (v *viewer) keeps(old, u policy.Update) {
	if len(u.Words) == 0 || u.Stable < old.Stable || u.Stable > len(u.Words) || u.Final && u.Stable != len(u.Words) {
		v.t.Fatalf("segment %d: %d words, %d stable after %d, final %v", u.Segment, len(u.Words), u.Stable, old.Stable, u.Final)
	}
	for i := range old.Stable {
		if old.Words[i].Text != u.Words[i].Text {
			v.t.Fatalf("segment %d: stable word %d changed from %q to %q", u.Segment, i, old.Words[i].Text, u.Words[i].Text)
		}
	}
	n := len(u.Words) - 1
	for i, w := range u.Words {
		n += utf8.RuneCountInString(w.Text)
		if i > 0 && w.Start < u.Words[i-1].Start {
			v.t.Fatalf("segment %d: word %d begins before the one in front of it", u.Segment, i)
		}
	}
	if n > 84 && len(u.Words) > 1 {
		v.t.Fatalf("segment %d has %d characters", u.Segment, n)
	}
}

// speech draws words with times, and sentences in them.
func speech(t *rapid.T) []subtitle.Word {
	vocabulary := []string{"one", "two", "үш", "four,", "five.", "Six", "7", "8", "и", "the", "Абай", "internationalisation"}
	n := rapid.IntRange(1, 60).Draw(t, "words")
	at := time.Duration(0)
	words := make([]subtitle.Word, n)
	for i := range words {
		at += time.Duration(rapid.IntRange(0, 1200).Draw(t, "gap")/10*3) * time.Millisecond
		end := at + time.Duration(rapid.IntRange(100, 600).Draw(t, "length"))*time.Millisecond
		words[i] = subtitle.Word{Text: rapid.SampledFrom(vocabulary).Draw(t, "word"), Start: at, End: end}
		at = end
	}
	return words
}

// heard gives the words of truth between from and through, the newest ones in doubt.
func heard(t *rapid.T, truth []subtitle.Word, from, through time.Duration, noise int) []subtitle.Word {
	var out []subtitle.Word
	for _, w := range truth {
		if (w.Start+w.End)/2 < from || w.Start >= through {
			continue
		}
		w.End = min(w.End, through)
		if rapid.IntRange(1, 100).Draw(t, "noise") <= noise {
			w.Text = fmt.Sprint("x", rapid.IntRange(0, 3).Draw(t, "wrong"))
		}
		out = append(out, w)
	}
	return out
}

func play(t *rapid.T, cfg policy.Config, truth []subtitle.Word, noise int) []string {
	p, err := policy.New(cfg, 1)
	if err != nil {
		t.Fatal(err)
	}
	v := &viewer{t: t, open: map[int]policy.Update{}, done: map[int]bool{}}
	end := truth[len(truth)-1].End + time.Second
	border, committed := time.Duration(0), 0
	for now := time.Duration(0); now < end; {
		now = min(end, now+time.Duration(rapid.IntRange(200, 1500).Draw(t, "step"))*time.Millisecond)
		d := p.Hear(subtitle.Hypothesis{From: border, Through: now, Endpoint: now == end, Words: heard(t, truth, border, now, noise)})
		v.see(d)
		if d.Commit != nil {
			if d.Commit.At < border || d.Commit.At > now {
				t.Fatalf("commit at %v after one at %v, heard until %v", d.Commit.At, border, now)
			}
			border, committed = d.Commit.At, committed+len(d.Commit.Words)
		}
		if committed != len(v.final) {
			t.Fatalf("%d words committed, %d words final", committed, len(v.final))
		}
	}
	v.see(p.Flush())
	return v.final
}

func TestViewerNeverSeesAStableWordChange(t *testing.T) {
	for _, agreement := range []policy.Agreement{policy.LocalAgreement, policy.AlignAtt} {
		t.Run(string(agreement), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				play(t, policy.Config{Agreement: agreement, Edge: 100 * time.Millisecond}, speech(t), rapid.IntRange(0, 60).Draw(t, "percent"))
			})
		})
	}
}

func TestWellHeardSpeechIsKeptWordByWord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		truth := speech(t)
		for i := range truth { // no repetitions: those may be loops
			truth[i].Text = fmt.Sprintf("%s%d", phrase.TrimEnd(truth[i].Text), i)
			if i%5 == 4 {
				truth[i].Text += "."
			}
		}
		var want []string
		for _, w := range truth {
			want = append(want, phrase.Normal(w.Text))
		}
		var got []string
		for _, w := range play(t, policy.Config{}, truth, 0) {
			got = append(got, phrase.Normal(w))
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Fatalf("\n got %s\nwant %s", got, want)
		}
	})
}

func BenchmarkHear(b *testing.B) {
	p, err := policy.New(policy.Config{}, 1)
	if err != nil {
		b.Fatal(err)
	}
	words := make([]subtitle.Word, 25)
	for i := range words {
		at := time.Duration(i) * 350 * time.Millisecond
		words[i] = subtitle.Word{Text: fmt.Sprint("word", i), Start: at, End: at + 300*time.Millisecond}
	}
	b.ReportAllocs()
	for b.Loop() {
		p.Hear(subtitle.Hypothesis{Through: 9 * time.Second, Words: words})
	}
}
