package whisper

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/text/token/bpe"
)

// maxFileBytes bounds what is read of a tokenizer's file; Whisper's are below 4 MB.
const maxFileBytes = 64 << 20

// Load reads the tokenizer of a model's folder from the first of these files that it holds: vocabulary.txt, vocabulary.json, tokenizer.json,
// vocab.json (with added_tokens.json), multilingual.tiktoken, gpt2.tiktoken.
func Load(dir string) (*Tokenizer, error) {
	const op fault.Op = "whisper.Load"
	for _, f := range []struct {
		name string
		read func(path string) (*Tokenizer, error)
	}{
		{"vocabulary.txt", loadVocabulary},
		{"vocabulary.json", loadVocabulary},
		{"tokenizer.json", loadTokenizerJSON},
		{"vocab.json", loadVocabJSON},
		{"multilingual.tiktoken", func(path string) (*Tokenizer, error) { return LoadTiktoken(path, 99) }},
		{"gpt2.tiktoken", func(path string) (*Tokenizer, error) { return LoadTiktoken(path, 99) }},
	} {
		path := filepath.Join(dir, f.name)
		t, err := f.read(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fault.Errorf(op, fault.Other, "%s: %w", path, err)
		}
		return t, nil
	}
	return nil, fault.Errorf(op, fault.NotFound, "%s holds no tokenizer.json, vocab.json or vocabulary.txt: pull or add the model again", dir)
}

// LoadTiktoken reads one of OpenAI's lists of tokens; the special tokens follow it, with as many languages as the model has: 99, or 100 for large-v3.
func LoadTiktoken(path string, languageCount int) (*Tokenizer, error) {
	if languageCount < 1 || languageCount > len(languages) {
		return nil, fault.Errorf("whisper.LoadTiktoken", fault.Invalid, "%d languages: Whisper has 99 or %d", languageCount, len(languages))
	}
	b, err := readFile(path)
	if err != nil {
		return nil, err
	}
	text, err := bpe.ParseTiktoken(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	named := make(map[string]int32)
	for i, name := range specialNames(languageCount) {
		named[name] = int32(text.Size() + i)
	}
	return newTokenizer(text, named)
}

func loadTokenizerJSON(path string) (*Tokenizer, error) {
	var file struct {
		Added []struct {
			ID      int32  `json:"id"`
			Content string `json:"content"`
		} `json:"added_tokens"`
		Model struct {
			Vocab map[string]int32 `json:"vocab"`
		} `json:"model"`
	}
	if err := readJSON(path, &file); err != nil {
		return nil, err
	}
	named := make(map[string]int32)
	for _, a := range file.Added {
		named[a.Content] = a.ID
	}
	return fromSpellings(maps.All(file.Model.Vocab), named)
}

func loadVocabJSON(path string) (*Tokenizer, error) {
	var vocab map[string]int32
	if err := readJSON(path, &vocab); err != nil {
		return nil, err
	}
	named := make(map[string]int32)
	if err := readJSON(filepath.Join(filepath.Dir(path), "added_tokens.json"), &named); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return fromSpellings(maps.All(vocab), named)
}

// loadVocabulary reads CTranslate2's list: the token of each id, one a line or as a JSON array.
func loadVocabulary(path string) (*Tokenizer, error) {
	var list []string
	if strings.HasSuffix(path, ".json") {
		if err := readJSON(path, &list); err != nil {
			return nil, err
		}
	} else {
		b, err := readFile(path)
		if err != nil {
			return nil, err
		}
		list = strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
	}
	return fromSpellings(func(yield func(string, int32) bool) {
		for id, spelling := range list {
			if !yield(spelling, int32(id)) {
				return
			}
		}
	}, map[string]int32{})
}

// fromSpellings makes a tokenizer of tokens in printable spelling. Names in angle brackets are special.
func fromSpellings(vocab iter.Seq2[string, int32], named map[string]int32) (*Tokenizer, error) {
	const op fault.Op = "whisper.Load"
	tokens := make([]string, 0, 1<<16)
	for spelling, id := range vocab {
		if strings.HasPrefix(spelling, "<|") && strings.HasSuffix(spelling, "|>") && len(spelling) > 4 {
			named[spelling] = id
			continue
		}
		token, ok := bpe.Unmap(spelling)
		if !ok || id < 0 || id > 1<<20 {
			return nil, fault.Errorf(op, fault.Corrupt, "token %d is spelt as no byte-level token", id)
		}
		for len(tokens) <= int(id) {
			tokens = append(tokens, "")
		}
		tokens[id] = token
	}
	text, err := bpe.New(tokens)
	if err != nil {
		return nil, err
	}
	return newTokenizer(text, named)
}

func readJSON(path string, into any) error {
	b, err := readFile(path)
	if err != nil {
		return err
	}
	return fault.E("whisper.Load", fault.Corrupt, json.Unmarshal(b, into))
}

func readFile(path string) ([]byte, error) {
	const op fault.Op = "whisper.Load"
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.E(op, fault.Other, err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxFileBytes+1))
	if err == nil && len(b) > maxFileBytes {
		return nil, fault.Errorf(op, fault.Corrupt, "more than %d MiB: not a tokenizer", maxFileBytes>>20)
	}
	return b, fault.E(op, fault.Other, err)
}
