package phrase

import "testing"

func TestBreak(t *testing.T) {
	for _, c := range []struct {
		name, word, next string
		want             Quality
	}{
		{"end of text", "end", "", Sentence},
		{"full stop", "done.", "Then", Sentence},
		{"full stop and quote", "done.»", "Then", Sentence},
		{"full stop before lower case is no end", "done.", "then", Plain},
		{"title", "Mr.", "Smith", Forbidden},
		{"initial", "А.", "Құнанбайұлы", Forbidden},
		{"letters with stops", "U.S.", "President", Forbidden},
		{"name", "Абай", "Құнанбайұлы", Forbidden},
		{"name after a comma", "Абай,", "Мұхтар", Clause},
		{"grouped number", "1", "000", Forbidden},
		{"number and unit", "25", "млн", Forbidden},
		{"number and percent", "25", "%", Forbidden},
		{"number sign", "№", "230", Forbidden},
		{"number ends a clause", "1990,", "25", Clause},
		{"sentence of a number", "1990.", "Then", Sentence},
		{"comma", "well,", "we", Clause},
		{"dash never begins a line", "Это", "—", Poor},
		{"after a dash", "—", "дом", Clause},
		{"before a conjunction", "apples", "and", Good},
		{"after a conjunction", "and", "pears", Poor},
		{"after a Kazakh conjunction", "және", "алма", Poor},
		{"after a Russian preposition", "в", "город", Poor},
		{"plain", "red", "apples", Plain},
		{"I is no name", "I", "Ask", Plain},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Break(c.word, c.next); got != c.want {
				t.Errorf("Break(%q, %q) = %d, want %d", c.word, c.next, got, c.want)
			}
		})
	}
}

func TestNormal(t *testing.T) {
	for in, want := range map[string]string{
		"Hello,": "hello", "Ещё": "еще", "ҚАЗАҚ": "қазақ", "don't": "dont", "50%": "50%", "—": "—", "": "", "2,5": "25",
	} {
		if got := Normal(in); got != want {
			t.Errorf("Normal(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestTrimEnd(t *testing.T) {
	for in, want := range map[string]string{"done.": "done", "done?!": "done", "...": "...", "50%": "50%", "a,b,": "a,b"} {
		if got := TrimEnd(in); got != want {
			t.Errorf("TrimEnd(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestEndsSentenceWithUnknownNext(t *testing.T) {
	for in, want := range map[string]bool{"done.": true, "why?": true, "Mr.": false, "г.": false, "wait...": true, "word": false, "": false} {
		if got := EndsSentence(in, ""); got != want {
			t.Errorf("EndsSentence(%q) = %v, want %v", in, got, want)
		}
	}
}
