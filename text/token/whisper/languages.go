package whisper

import "strings"

// languages are Whisper's language codes in the order of their tokens (openai/whisper@v20240930 tokenizer.py:10-110). Models before
// large-v3 lack the last.
var languages = strings.Fields(`en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur
	hr bg lt la mi ml cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu
	am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su yue`)

// isLanguage tells a language's code, two or three small letters, from the names of other special tokens, which are longer. Fine-tunes may
// have languages of their own.
func isLanguage(code string) bool {
	if len(code) < 2 || len(code) > 3 {
		return false
	}
	return strings.Trim(code, "abcdefghijklmnopqrstuvwxyz") == ""
}

// specialNames lists the special tokens behind a vocabulary of OpenAI's in the order of their ids (tokenizer.py:346-366), without timestamps.
func specialNames(languageCount int) []string {
	names := []string{"<|endoftext|>", "<|startoftranscript|>"}
	for _, code := range languages[:languageCount] {
		names = append(names, "<|"+code+"|>")
	}
	return append(names, "<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>")
}
