package policy

import (
	"time"

	"github.com/dauys/dauys/fault"
)

// Agreement names a rule by which words become stable.
type Agreement string

// The rules of agreement.
const (
	// LocalAgreement: two hypotheses in a row share the word. It is the default: it makes no more word errors than
	// AlignAtt at the same lag, and it needs no good times of words (docs/adr/0004-live-defaults.md).
	LocalAgreement Agreement = "agreement"
	// AlignAtt: nothing more is asked than that the word ends Margin or more before the newest audio.
	AlignAtt Agreement = "alignatt"
)

// Config of a policy. The zero value is a good default.
type Config struct {
	Agreement Agreement // "" = LocalAgreement
	// Margin: a word is settled only when it ended so long before the newest audio: what follows a word is what tells it from
	// another. 0 = 1 s for LocalAgreement, 600 ms for AlignAtt; negative asks for none.
	Margin   time.Duration
	Lines    int           // of a segment; 0 = 2
	Width    int           // characters a line; 0 = 42
	Span     time.Duration // longest segment; 0 = 7 s (requirements.md, Broadcasters)
	Pause    time.Duration // silence between words that closes a segment; 0 = 800 ms
	Shortest time.Duration // a sentence shorter than this stays open for the next one; 0 = 1 s
	Force    time.Duration // a word that ended so long ago is settled without agreement; 0 = 4 s
	// Edge hides a grey word that ends less than Edge before the newest audio, unless the previous hypothesis had it
	// too: half a word is often heard as another. 0 = 250 ms, negative shows every word at once. What edge and margin were
	// chosen by is in docs/adr/0004-live-defaults.md.
	Edge      time.Duration
	FinalOnly bool // no growing text: segments appear when closed
}

func (c Config) withDefaults() (Config, error) {
	const op fault.Op = "policy.New"
	if c.Agreement == "" {
		c.Agreement = LocalAgreement
	}
	if c.Agreement != LocalAgreement && c.Agreement != AlignAtt {
		return c, fault.Errorf(op, fault.Invalid, "policy %q: it is %s or %s", c.Agreement, LocalAgreement, AlignAtt)
	}
	if c.Lines < 0 || c.Width < 0 || c.Span < 0 || c.Pause < 0 || c.Shortest < 0 || c.Force < 0 {
		return c, fault.Errorf(op, fault.Invalid, "policy: a limit is negative; leave it 0 for its default")
	}
	orElse(&c.Lines, 2)
	orElse(&c.Width, 42)
	margin := time.Second
	if c.Agreement == AlignAtt {
		margin = 600 * time.Millisecond
	}
	orElse(&c.Margin, margin)
	orElse(&c.Span, 7*time.Second)
	orElse(&c.Pause, 800*time.Millisecond)
	orElse(&c.Shortest, time.Second)
	orElse(&c.Force, 4*time.Second)
	orElse(&c.Edge, 250*time.Millisecond)
	return c, nil
}

func orElse[T int | time.Duration](p *T, v T) {
	if *p == 0 {
		*p = v
	}
}
