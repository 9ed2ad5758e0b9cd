package whisper

import (
	"maps"
	"slices"
	"strings"
)

// NonSpeech gives the tokens of notes that are not spoken, such as brackets and musical signs, sorted (openai/whisper@v20240930
// tokenizer.py:239-275, non_speech_tokens). A sign that is several tokens counts when it is musical, by its first token: those
// signs share two bytes of three, and suppressing them all is meant.
func (t *Tokenizer) NonSpeech() []int32 {
	const musical = "♩♪♫♬♭♮♯"
	signs := append(strings.Split("\"#()*+/:;<=>@[\\]^_`{|}~「」『』", ""),
		strings.Fields(`<< >> <<< >>> -- --- -( -[ (' (" (( )) ((( ))) [[ ]] {{ }} ♪♪ ♪♪♪ ♩ ♪ ♫ ♬ ♭ ♮ ♯`)...)
	// Hyphens and quotes stay allowed inside of words, but not before one.
	set := map[int32]bool{t.Encode(" -")[0]: true, t.Encode(" '")[0]: true}
	for _, sign := range signs {
		for _, text := range []string{sign, " " + sign} {
			if ids := t.Encode(text); len(ids) == 1 || strings.Contains(musical, sign) {
				set[ids[0]] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// Blank gives the tokens that do not begin a text: a space, and the end.
func (t *Tokenizer) Blank() []int32 { return append(t.Encode(" "), t.special.EndOfText) }
