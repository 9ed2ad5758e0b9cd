package cue_test

import (
	"os"
	"time"

	"github.com/dauys/dauys/subtitle/cue"
	"github.com/dauys/dauys/subtitle/formats/srt"
)

func Example() {
	segments := []cue.Segment{{Start: time.Second, End: 5 * time.Second, Text: "When the rain began to fall, nobody was left on the road."}}
	if err := srt.Write(os.Stdout, cue.Cut(segments, cue.Options{})); err != nil {
		panic(err)
	}
	// Output:
	// 1
	// 00:00:01,000 --> 00:00:05,000
	// When the rain began to fall,
	// nobody was left on the road.
}
