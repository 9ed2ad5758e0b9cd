// Package asrv1 holds the messages of speech recognition over the network; asr.proto is their manual.
package asrv1
