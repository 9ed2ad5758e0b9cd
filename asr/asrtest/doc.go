// Package asrtest is the contract of speech recognition as a test: every implementation of asr.Recognizer, in this process
// or across a network, passes [Run].
//
// The suite knows nothing of words: it checks what the contract promises whatever was heard. Sound is bursts of noise, which
// any voice detector that goes by energy takes for speech.
package asrtest
