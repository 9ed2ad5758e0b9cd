package main
import ("io")
func newCueTranscript(format string, out io.Writer, path, language string) transcriptWriter { return nil }
func newEventWriter(format string, out io.Writer) eventWriter { return jsonLines{out} }
