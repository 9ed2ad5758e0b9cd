// Package demo holds the demonstration recording: about a minute of speech that this project synthesised itself (generate.sh
// beside it), with its text.
package demo

import (
	"embed"
)

// Recording is Ogg/Opus, mono, 48 kHz. Its metadata mark it as synthetic.
//
//go:embed demo.ogg
var Recording []byte

// Files holds the recording as demo.ogg, for a web server.
//
//go:embed demo.ogg
var Files embed.FS

// Text is what is said, a sentence a line.
//
//go:embed demo.txt
var Text string
