// Package whisper is the tokenizer of the Whisper models: byte-level BPE (package bpe) and special tokens behind it, in
// this order: end of text, start of transcript, one per language, the tasks, markers, and 1501 timestamps of 20 ms.
//
// It loads from what lies beside the weights: Hugging Face's and CTranslate2's tokenizer.json, vocab.json, vocabulary.txt or OpenAI's tiktoken lists. Special tokens are found by name where the files name them, so fine-tunes with other ids work. Multilingual
// models of 99 and 100 languages and English-only ones differ only there.
//
// Special names inside a text are plain text to [Tokenizer.Encode]: a prompt from outside cannot inject them.
package whisper

import (
	"fmt"
	"strings"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/text/token/bpe"
)

// Timestamps is the number of timestamp tokens: <|0.00|> to <|30.00|> (openai/whisper@v20240930 tokenizer.py:364).
const Timestamps = 1501

// Special holds the ids of the tokens that are no text.
type Special struct {
	EndOfText         int32
	StartOfTranscript int32
	Translate         int32
	Transcribe        int32
	StartOfLM         int32
	StartOfPrevious   int32
	NoSpeech          int32 // called nocaptions in older files
	NoTimestamps      int32
	FirstTimestamp    int32            // <|0.00|>
	Languages         map[string]int32 // by code: en, ru, kk
}

// Tokenizer turns text into tokens and back. It is immutable and safe for concurrent use.
type Tokenizer struct {
	text    *bpe.Vocabulary
	names   map[int32]string // of special tokens without timestamps
	special Special
}

// newTokenizer finds the special tokens among named ones.
func newTokenizer(text *bpe.Vocabulary, named map[string]int32) (*Tokenizer, error) {
	t := &Tokenizer{text: text, names: make(map[int32]string, len(named))}
	t.special.Languages = make(map[string]int32)
	for name, id := range named {
		t.names[id] = name
		if code := strings.TrimSuffix(strings.TrimPrefix(name, "<|"), "|>"); isLanguage(code) {
			t.special.Languages[code] = id
		}
	}
	s := &t.special
	for _, want := range []struct {
		id    *int32
		names []string
	}{
		{&s.EndOfText, []string{"<|endoftext|>"}},
		{&s.StartOfTranscript, []string{"<|startoftranscript|>"}},
		{&s.Translate, []string{"<|translate|>"}},
		{&s.Transcribe, []string{"<|transcribe|>"}},
		{&s.StartOfLM, []string{"<|startoflm|>"}},
		{&s.StartOfPrevious, []string{"<|startofprev|>"}},
		{&s.NoSpeech, []string{"<|nospeech|>", "<|nocaptions|>"}},
		{&s.NoTimestamps, []string{"<|notimestamps|>"}},
	} {
		found := false
		for _, name := range want.names {
			if id, ok := named[name]; ok && !found {
				*want.id, found = id, true
			}
		}
		if !found {
			return nil, fault.Errorf("whisper.Load", fault.Corrupt, "the tokenizer has no %s: it is not Whisper's", want.names[0])
		}
	}
	s.FirstTimestamp = s.NoTimestamps + 1
	if id, ok := named["<|0.00|>"]; ok {
		s.FirstTimestamp = id
	}
	return t, nil
}

// Special gives the ids of the tokens that are no text. The map must not be changed.
func (t *Tokenizer) Special() Special { return t.special }

// Multilingual tells whether prompts name a language and a task (openai/whisper@v20240930 model.py:293: the vocabulary of the others is one shorter).
func (t *Tokenizer) Multilingual() bool { return t.special.EndOfText >= 50257 }

// Size is the number of ids, timestamps included.
func (t *Tokenizer) Size() int { return int(t.special.FirstTimestamp) + Timestamps }

// Encode gives the tokens of a text.
func (t *Tokenizer) Encode(text string) []int32 { return t.text.Encode(nil, text) }

// IsText tells whether a token stands for text and not for a sign to the model.
func (t *Tokenizer) IsText(id int32) bool { return id >= 0 && id < t.special.EndOfText }

// IsTimestamp tells whether a token is a time.
func (t *Tokenizer) IsTimestamp(id int32) bool {
	return id >= t.special.FirstTimestamp && id < t.special.FirstTimestamp+Timestamps
}

// Decode gives the text of tokens; those that are no text are left out, and bytes that are not UTF-8 become U+FFFD.
func (t *Tokenizer) Decode(ids []int32) string {
	var b []byte
	for _, id := range ids {
		if t.IsText(id) {
			b = t.text.AppendBytes(b, id)
		}
	}
	return valid(b)
}

// DecodeAll gives the text of tokens with the names of special ones: <|endoftext|>, <|1.08|>.
func (t *Tokenizer) DecodeAll(ids []int32) string {
	var b []byte
	for _, id := range ids {
		b = t.appendAny(b, id)
	}
	return valid(b)
}

func (t *Tokenizer) appendAny(b []byte, id int32) []byte {
	switch {
	case t.IsText(id):
		return t.text.AppendBytes(b, id)
	case t.IsTimestamp(id):
		return fmt.Appendf(b, "<|%.2f|>", float64(id-t.special.FirstTimestamp)*0.02)
	}
	return append(b, t.names[id]...)
}
