package bpe

import (
	"encoding/base64"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tiktoken-go/tokenizer/codec"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/internal/shared"
)

// tiny is a vocabulary of all bytes and a few merges.
func tiny(t testing.TB, more ...string) *Vocabulary {
	t.Helper()
	tokens := make([]string, 256, 256+len(more))
	for b := range tokens {
		tokens[b] = string([]byte{byte(b)})
	}
	v, err := New(append(tokens, more...))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func gpt2(t testing.TB) *Vocabulary {
	t.Helper()
	f, err := os.Open(shared.Path(t, "data/tokenizers/whisper/gpt2.tiktoken"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	v, err := ParseTiktoken(f)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestPiecesFollowTheExpressionOfGPT2(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"", nil},
		{"Hello world", []string{"Hello", " world"}},
		{"it's we'll I'd 'tis", []string{"it", "'s", " we", "'ll", " I", "'d", " '", "tis"}},
		{"IT'S", []string{"IT", "'", "S"}},
		{"a  b", []string{"a", " ", " b"}},
		{"a \n\tb", []string{"a", " \n", "\t", "b"}},
		{"end  \n", []string{"end", "  \n"}},
		{" ", []string{" "}},
		{"x1 22,5%!", []string{"x", "1", " 22", ",", "5", "%!"}},
		{"қазақ тілі²", []string{"қазақ", " тілі", "²"}},
		{"a\u00a0b", []string{"a", "\u00a0", "b"}},
		{"a \u00a0b", []string{"a", " ", "\u00a0", "b"}},
		{"e\u0301x", []string{"e", "\u0301", "x"}}, // a combining mark is no letter
		{"\xff\xfea", []string{"\xff\xfe", "a"}},
	} {
		if got := slices.Collect(Pieces(c.in)); !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
}

func TestTextsOfThreeLanguagesEncodeAsTiktokenDoes(t *testing.T) {
	ours, oracle := gpt2(t), codec.NewR50kBase()
	for _, name := range []string{"ntrex.dev.eng", "ntrex.dev.kaz", "ntrex.dev.rus"} {
		text, err := os.ReadFile(shared.Path(t, "data/text/"+name))
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(text), "\n") {
			want, _, err := oracle.Encode(line)
			if err != nil {
				t.Fatal(err)
			}
			got := ours.Encode(nil, line)
			if !slices.EqualFunc(got, want, func(a int32, b uint) bool { return uint(a) == b }) {
				t.Fatalf("%s line %d: %v, want %v", name, i+1, got, want)
			}
			if back := string(ours.AppendBytes(nil, got...)); back != line {
				t.Fatalf("%s line %d does not come back", name, i+1)
			}
		}
	}
}

func TestLowestMergeComesFirst(t *testing.T) {
	v := tiny(t, "bc", "ab", "abc", "aa", "aaaa")
	for _, c := range []struct {
		in   string
		want []int32
	}{
		{"abcd", []int32{258, 'd'}}, // bc first, then a with it
		{"aaaaa", []int32{260, 'a'}},
		{"xab", []int32{'x', 257}},
		{"aab", []int32{'a', 257}}, // ab before aa
	} {
		if got := v.Encode(nil, c.in); !slices.Equal(got, c.want) {
			t.Errorf("%q: %v, want %v", c.in, got, c.want)
		}
	}
}

func TestOneHugeWordDoesNotTakeQuadraticTime(t *testing.T) {
	v := tiny(t, "aa", "aaaa", "aaaaaaaa")
	if got := v.Encode(nil, strings.Repeat("a", 1<<20)); len(got) != 1<<17 {
		t.Errorf("%d tokens", len(got))
	}
}

func TestDamagedListsAreRefused(t *testing.T) {
	for name, in := range map[string]string{
		"no id": "IQ==\n", "id is no number": "IQ== x\n", "negative id": "IQ== -1\n", "huge id": "IQ== 99999999\n",
		"not base64": "!!! 0\n", "bytes missing": "IQ== 0\n", "twice": "IQ== 0\nIQ== 1\n",
	} {
		if _, err := ParseTiktoken(strings.NewReader(in)); fault.KindOf(err) != fault.Corrupt {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSpellingOfEveryByteIsPrintableAndComesBack(t *testing.T) {
	seen := map[string]bool{}
	for r := range rune(len(byteOf)) {
		if b, ok := Unmap(string(r)); ok {
			seen[b] = true
		}
	}
	if len(seen) != 256 {
		t.Errorf("%d of 256 bytes have a spelling", len(seen))
	}
	if got, ok := Unmap("Ġthe"); !ok || got != " the" {
		t.Errorf("Ġthe is %q", got)
	}
	if _, ok := Unmap("日"); ok {
		t.Error("a character that stands for no byte was taken")
	}
}

func FuzzEncodingComesBack(f *testing.F) {
	v := tiny(f, "th", "the", " the", "\u049b", "\n\n", "'s")
	for _, s := range []string{"the the's\n\n", "қазақ", "\xff\xc0 ", "   ", "'"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		if got := string(v.AppendBytes(nil, v.Encode(nil, in)...)); got != in {
			t.Fatalf("%q came back as %q", in, got)
		}
	})
}

func FuzzParseTiktoken(f *testing.F) {
	var all strings.Builder
	for b := range 256 {
		fmt.Fprintf(&all, "%s %d\n", base64.StdEncoding.EncodeToString([]byte{byte(b)}), b)
	}
	f.Add(all.String())
	f.Add("= 5\n")
	f.Fuzz(func(t *testing.T, in string) {
		v, err := ParseTiktoken(strings.NewReader(in))
		if err == nil && string(v.AppendBytes(nil, v.Encode(nil, in)...)) != in {
			t.Fatal("text does not come back")
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	v := gpt2(b)
	text, err := os.ReadFile(shared.Path(b, "data/text/ntrex.dev.rus"))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	var ids []int32
	for b.Loop() {
		ids = v.Encode(ids[:0], string(text))
	}
}
