package fault

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"testing"
)

func TestKindOfFindsTheOutermostClassification(t *testing.T) {
	inner := E("a.Read", Corrupt, errors.New("bad magic"))
	cases := []struct {
		name string
		err  error
		want Kind
	}{
		{"plain error", errors.New("x"), Other},
		{"classified", inner, Corrupt},
		{"other keeps the inner kind", E("b.Load", Other, inner), Corrupt},
		{"outer wins", E("b.Load", Unavailable, inner), Unavailable},
		{"through fmt", fmt.Errorf("file: %w", inner), Corrupt},
		{"deadline", context.DeadlineExceeded, Timeout},
		{"cancel", E("x", Other, context.Canceled), Canceled},
		{"absent file", &fs.PathError{Op: "open", Path: "p", Err: fs.ErrNotExist}, NotFound},
	}
	for _, c := range cases {
		if got := KindOf(c.err); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestTextDropsOperations(t *testing.T) {
	err := E("serve.Run", Other, fmt.Errorf("model whisper-base: %w", E("ct2.Open", Corrupt, errors.New("bad magic"))))
	if got, want := Text(err), "model whisper-base: bad magic"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestNilStaysNil(t *testing.T) {
	if E("a", Invalid, nil) != nil {
		t.Error("E(nil) is an error")
	}
}

func TestEveryKindHasAName(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range Kinds() {
		if s := k.String(); s == "" || seen[s] {
			t.Errorf("kind %d: name %q", k, s)
		} else {
			seen[s] = true
		}
	}
}
