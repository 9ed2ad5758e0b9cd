package script

import (
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	const head = "policy agreement\n"
	for _, c := range []struct{ name, script, err string }{
		{"expected events pass", head + `
0.3s hyp "hello"
0.3s event seg=1 rev=1 partial "| hello"   # grey
0.6s hyp "hello world"
0.6s event seg=1 rev=2 partial "hello | world"
0.7s end
0.7s event seg=1 rev=3 final "hello world"`, ""},
		{"another text fails", head + "0.3s hyp \"hello\"\n0.3s event seg=1 rev=1 partial \"| hullo\"", "want: event seg=1 rev=1 partial \"| hullo\""},
		{"an event that is not expected fails", head + "0.3s hyp \"hello\"\n0.6s hyp \"hello\"", "line 3: not expected at 0.3s"},
		{"an event that is not expected fails at the end", head + "0.3s hyp \"hello\"", "end of script: not expected"},
		{"a missing event fails", head + "0.3s hyp \"\"\n0.3s event seg=1 rev=1 partial \"a\"", "missing: event"},
		{"an event at another time fails", head + "0.3s hyp \"a\"\n0.4s event seg=1 rev=1 partial \"| a\"", "the last input was at 0.3s"},
		{"commits are expected when asked for", "policy agreement commits=yes\n0.3s endpoint \"a\"\n0.3s event seg=1 rev=1 final \"a\"\n0.3s commit at=0.3s \"a\"", ""},
		{"settings are read", "policy alignatt margin=0.1s lines=1 width=10 finals=yes span=2s pause=1s shortest=0s force=9s edge=0.1s", ""},
		{"time runs backwards", head + "0.3s hyp \"\"\n0.2s hyp \"\"", "time only goes on"},
		{"no policy", "0.3s hyp", "the first line must be"},
		{"empty script", "", "no policy line"},
		{"two policies", head + head, "one policy line"},
		{"unknown policy", "policy guess", `policy "guess"`},
		{"unknown setting", "policy agreement colour=red", "no setting"},
		{"unknown verb", head + "1s sing", "none of hyp"},
		{"bad time", head + "soon hyp", "no time"},
		{"open quote", head + "1s hyp \"hello", "unclosed quote"},
		{"bad word time", head + "1s hyp \"a@x-2\"", "no time"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := Run(strings.NewReader(c.script))
			switch {
			case c.err == "" && err != nil:
				t.Error(err)
			case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
				t.Errorf("error %v, want one with %q", err, c.err)
			}
		})
	}
}

func FuzzRun(f *testing.F) {
	f.Add("policy agreement\n0.3s hyp \"a@0.1-0.2 b\"\n1s endpoint loop \"a b\"\n2s end")
	f.Fuzz(func(_ *testing.T, s string) {
		_ = Run(strings.NewReader(s))
	})
}
