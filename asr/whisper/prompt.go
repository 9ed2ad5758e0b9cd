package whisper

import (
	"strings"

	token "github.com/dauys/dauys/text/token/whisper"
)

// start gives the tokens that tell the model its task (tokenizer.py:176, sot_sequence). English-only models know one.
func start(t *token.Tokenizer, language string, timestamps bool) []int32 {
	s := t.Special()
	tokens := []int32{s.StartOfTranscript}
	if t.Multilingual() {
		tokens = append(tokens, s.Languages[language], s.Transcribe)
	}
	if !timestamps {
		tokens = append(tokens, s.NoTimestamps)
	}
	return tokens
}

// prompt gives the whole forced beginning: hot words and the end of the earlier text behind <|startofprev|>, the start
// sequence, and a beginning of the text that is settled already (decoding.py:592). start is where the start sequence begins.
func (t *Transcriber) prompt(o *ReadOptions) (tokens []int32, startAt int) {
	most := t.config.TextLen/2 - 1
	hot := t.hotTokens(o.HotWords)
	hot = hot[:min(len(hot), most/2)]
	earlier := o.Earlier[max(0, len(o.Earlier)-(most-len(hot))):]
	if len(hot)+len(earlier) > 0 {
		tokens = append(append(append(tokens, t.tokens.Special().StartOfPrevious), hot...), earlier...)
	}
	startAt = len(tokens)
	tokens = append(tokens, start(t.tokens, o.Language, !o.NoTimestamps)...)
	room := most - (len(tokens) - startAt)
	return append(tokens, o.Prefix[max(0, len(o.Prefix)-room):]...), startAt
}

// hotTokens writes hot words as an earlier text would hold them.
func (t *Transcriber) hotTokens(words []string) []int32 {
	if len(words) == 0 {
		return nil
	}
	return t.tokens.Encode(" " + strings.Join(words, ", "))
}
