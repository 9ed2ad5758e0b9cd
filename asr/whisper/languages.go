package whisper

import "strings"

// languageCodes are Whisper's languages in the order of their tokens (tokenizer.py:13, LANGUAGES). Models with fewer
// language tokens have a prefix of the list.
var languageCodes = strings.Fields(`en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta
	no th ur hr bg lt la mi ml cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af
	oc ka be tg sd gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su yue`)

// unknownLanguage gives the first of languages that is no language of Whisper's.
func unknownLanguage(languages []string, known map[string]int32) (string, bool) {
	for _, l := range languages {
		if _, ok := known[l]; !ok {
			return l, true
		}
	}
	return "", false
}
