// Package oracle has no code: its test reads the files of srt, vtt and ttml with another program's readers.
package oracle
