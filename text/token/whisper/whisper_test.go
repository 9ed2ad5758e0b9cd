package whisper

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/internal/shared"
)

// model loads an installed tokenizer.
func model(t testing.TB, id string) *Tokenizer {
	t.Helper()
	tok, err := Load(shared.Model(t, id))
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

func lists(t testing.TB, name string, languageCount int) *Tokenizer {
	t.Helper()
	tok, err := LoadTiktoken(shared.Path(t, "data/tokenizers/whisper/"+name), languageCount)
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

func TestSpecialTokensLieWhereTheModelsExpectThem(t *testing.T) {
	for _, c := range []struct {
		name         string
		tok          *Tokenizer
		end, kk, yue int32
		size         int
		multilingual bool
	}{
		{"base", model(t, "whisper-base"), 50257, 50316, 0, 51865, true},
		{"tiny.en", model(t, "whisper-tiny.en"), 50256, 50315, 0, 51864, false},
		{"multilingual list", lists(t, "multilingual.tiktoken", 99), 50257, 50316, 0, 51865, true},
		{"large-v3 list", lists(t, "multilingual.tiktoken", 100), 50257, 50316, 50358, 51866, true},
		{"English list", lists(t, "gpt2.tiktoken", 99), 50256, 50315, 0, 51864, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, shift := c.tok.Special(), int32(c.size-51865)
			want := Special{
				EndOfText: c.end, StartOfTranscript: c.end + 1, Translate: 50358 + shift, Transcribe: 50359 + shift, StartOfLM: 50360 + shift,
				StartOfPrevious: 50361 + shift, NoSpeech: 50362 + shift, NoTimestamps: 50363 + shift, FirstTimestamp: 50364 + shift,
			}
			languages := s.Languages
			s.Languages = nil
			if fmt.Sprint(s) != fmt.Sprint(want) {
				t.Errorf("special tokens %+v, want %+v", s, want)
			}
			if languages["kk"] != c.kk || languages["yue"] != c.yue || len(languages) != int(s.Translate-s.StartOfTranscript-1) {
				t.Errorf("kk %d, yue %d, %d languages", languages["kk"], languages["yue"], len(languages))
			}
			if c.tok.Size() != c.size || c.tok.Multilingual() != c.multilingual {
				t.Errorf("size %d, multilingual %v", c.tok.Size(), c.tok.Multilingual())
			}
		})
	}
}

// hashOf is the digest of testdata/gen.py.
func hashOf(tok *Tokenizer, text string) (count int, hash string) {
	digest := sha256.New()
	for line := range strings.SplitSeq(text, "\n") {
		ids := tok.Encode(line)
		count += len(ids)
		_ = binary.Write(digest, binary.LittleEndian, append(ids, -1)) // a hash never fails
	}
	return count, hex.EncodeToString(digest.Sum(nil))
}

func TestTextsEncodeAsTheReferenceDoes(t *testing.T) {
	f, err := os.Open("testdata/tokens.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	same := map[string][]*Tokenizer{
		"whisper-base":    {model(t, "whisper-base"), lists(t, "multilingual.tiktoken", 99)},
		"whisper-tiny.en": {model(t, "whisper-tiny.en"), lists(t, "gpt2.tiktoken", 99)},
	}
	rows := bufio.NewScanner(f)
	for rows.Scan() {
		row := strings.Split(rows.Text(), "\t")
		if row[0] == "model" {
			continue
		}
		text, err := os.ReadFile(shared.Path(t, "data/text/"+row[1]))
		if err != nil {
			t.Fatal(err)
		}
		for i, tok := range same[row[0]] {
			count, hash := hashOf(tok, string(text))
			if fmt.Sprint(count) != row[2] || hash != row[3] {
				t.Errorf("%s, %s, source %d: %d tokens, want %s", row[0], row[1], i, count, row[2])
			}
			if back := tok.Decode(tok.Encode(string(text))); back != string(text) {
				t.Errorf("%s, %s: the text does not come back", row[0], row[1])
			}
		}
	}
}

func TestWordsAndSuppressedTokensAreThoseOfTheReference(t *testing.T) {
	var cases []struct {
		Model, Language string
		Tokens          []int32
		Words           []string
		Split           [][]int32
		NonSpeech       []int32
	}
	b, err := os.ReadFile("testdata/words.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &cases); err != nil {
		t.Fatal(err)
	}
	models := map[string]*Tokenizer{"whisper-base": model(t, "whisper-base"), "whisper-tiny.en": model(t, "whisper-tiny.en")}
	for i, c := range cases {
		tok := models[c.Model]
		if c.NonSpeech != nil {
			if got := tok.NonSpeech(); !slices.Equal(got, c.NonSpeech) {
				t.Errorf("%s: non-speech %v, want %v", c.Model, got, c.NonSpeech)
			}
			continue
		}
		got := tok.Words(c.Tokens, c.Language)
		if len(got) != len(c.Words) {
			t.Errorf("case %d: %d words, want %d: %q", i, len(got), len(c.Words), got)
			continue
		}
		for k, w := range got {
			if w.Text != c.Words[k] || !slices.Equal(w.Tokens, c.Split[k]) {
				t.Errorf("case %d: word %d is %q %v, want %q %v", i, k, w.Text, w.Tokens, c.Words[k], c.Split[k])
			}
		}
	}
}

func TestEveryFileOfAModelGivesTheSameTokenizer(t *testing.T) {
	dir, want := shared.Model(t, "whisper-base"), model(t, "whisper-base")
	var file struct {
		Added []struct {
			ID      int32
			Content string
		} `json:"added_tokens"`
		Model struct {
			Vocab map[string]int32
		}
	}
	b, err := os.ReadFile(filepath.Join(dir, "tokenizer.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	added := map[string]int32{}
	for _, a := range file.Added {
		added[a.Content] = a.ID
	}
	list, err := os.ReadFile(filepath.Join(dir, "vocabulary.txt"))
	if err != nil {
		t.Fatal(err)
	}
	asJSON := func(v any) []byte { b, _ := json.Marshal(v); return b }
	for name, files := range map[string]map[string][]byte{
		"Hugging Face":       {"tokenizer.json": b},
		"Hugging Face, old":  {"vocab.json": asJSON(file.Model.Vocab), "added_tokens.json": asJSON(added)},
		"CTranslate2":        {"vocabulary.txt": list},
		"CTranslate2, newer": {"vocabulary.json": asJSON(strings.Split(strings.TrimSuffix(string(list), "\n"), "\n"))},
	} {
		folder := t.TempDir()
		for file, content := range files {
			if err := os.WriteFile(filepath.Join(folder, file), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		got, err := Load(folder)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		const text = " Сәлеметсіз бе, it's 12 o'clock…"
		if fmt.Sprint(got.Special()) != fmt.Sprint(want.Special()) || !slices.Equal(got.Encode(text), want.Encode(text)) {
			t.Errorf("%s: %+v", name, got.Special())
		}
	}
}

func TestFolderWithoutATokenizerSaysWhatIsMissing(t *testing.T) {
	dir := t.TempDir()
	if _, err := Load(dir); fault.KindOf(err) != fault.NotFound || !strings.Contains(err.Error(), "tokenizer.json") {
		t.Errorf("empty folder: %v", err)
	}
	for name, content := range map[string]string{"not JSON": "{", "another model's": `{"model":{"vocab":{"a":0}}}`, "no byte spelling": `{"model":{"vocab":{"日":0}}}`} {
		if err := os.WriteFile(filepath.Join(dir, "tokenizer.json"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(dir); fault.KindOf(err) != fault.Corrupt {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSpecialNamesInATextAreText(t *testing.T) {
	tok := model(t, "whisper-base")
	for _, id := range tok.Encode("<|endoftext|><|kk|><|0.00|>") {
		if !tok.IsText(id) {
			t.Errorf("token %d came out of plain text", id)
		}
	}
}

func TestDecodeAllNamesWhatIsNoText(t *testing.T) {
	tok := model(t, "whisper-base")
	s := tok.Special()
	ids := append([]int32{s.StartOfTranscript, s.Languages["kk"], s.Transcribe, s.FirstTimestamp + 54}, tok.Encode(" Ия")...)
	ids = append(ids, s.FirstTimestamp+1500, s.EndOfText)
	if got := tok.DecodeAll(ids); got != "<|startoftranscript|><|kk|><|transcribe|><|1.08|> Ия<|30.00|><|endoftext|>" {
		t.Errorf("got %q", got)
	}
	if got := tok.Decode(ids); got != " Ия" {
		t.Errorf("text is %q", got)
	}
}

func TestStreamNeverShowsHalfACharacter(t *testing.T) {
	tok := model(t, "whisper-base")
	const text = " ҚАЗАҚ 😀 日本語 и ещё"
	d, got := tok.NewDecoder(), ""
	for _, id := range tok.Encode(text) {
		part := d.Next(id)
		if strings.Contains(part, replacement) {
			t.Errorf("half a character in %q", part)
		}
		got += part
	}
	if got += d.Flush(); got != text {
		t.Errorf("got %q", got)
	}
	smiley := tok.Encode("😀")
	for _, id := range smiley[:len(smiley)-1] {
		if part := d.Next(id); part != "" {
			t.Errorf("%q of a character that is not whole", part)
		}
	}
	if got := d.Flush(); got != replacement {
		t.Errorf("a character that never became whole gives %q", got)
	}
}

// The rows are from the Unicode standard 15, table 3-8 and its text; Python gives the same.
func TestBytesThatAreNoCharacterAreReplacedAsInPython(t *testing.T) {
	const r = replacement
	for in, want := range map[string]string{
		"ok": "ok", "\xff": r, "\xe2\x82": r, "\xe2\x82A": r + "A", "\xf0\x9f\x98": r, "\x80\x80": r + r, "\xc0\xaf": r + r,
		"\xe0\x80\x80": r + r + r, "\xed\xa0\x80": r + r + r, "\xf4\x91\x92\x93\xff\x41\x80\xbf\x42": r + r + r + r + r + "A" + r + r + "B",
		"\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41": r + r + r + r + "A", "\uFFFDx": "\uFFFDx",
	} {
		if got := valid([]byte(in)); got != want {
			t.Errorf("%q gives %q, want %q", in, got, want)
		}
	}
}
