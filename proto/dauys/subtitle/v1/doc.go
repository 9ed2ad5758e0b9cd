// Package subtitlev1 holds the messages of live subtitles over the network; subtitle.proto is their manual.
package subtitlev1
