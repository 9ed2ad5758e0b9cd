package bpe

import (
	"bufio"
	"encoding/base64"
	"io"
	"strconv"
	"strings"

	"github.com/dauys/dauys/fault"
)

// ParseTiktoken reads OpenAI's format: on each line a token in base64 and its id.
func ParseTiktoken(r io.Reader) (*Vocabulary, error) {
	const op fault.Op = "bpe.ParseTiktoken"
	var tokens []string
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if line == "" {
			continue
		}
		text, number, _ := strings.Cut(line, " ")
		id, err := strconv.Atoi(number)
		if err != nil || id < 0 || id >= maxTokens {
			return nil, fault.Errorf(op, fault.Corrupt, "line %d: %q is no id", n, number)
		}
		var token []byte
		if text != "=" { // Whisper's list has one empty token, written so
			token, err = base64.StdEncoding.DecodeString(text)
		}
		if err != nil {
			return nil, fault.Errorf(op, fault.Corrupt, "line %d: the token is not base64", n)
		}
		for len(tokens) <= id {
			tokens = append(tokens, "")
		}
		tokens[id] = string(token)
	}
	if err := lines.Err(); err != nil {
		return nil, fault.E(op, fault.Corrupt, err)
	}
	return New(tokens)
}
