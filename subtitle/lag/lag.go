package lag

import (
	"slices"
	"time"

	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/text/wer"
)

// Arrival is an event and when a viewer had it.
type Arrival struct {
	At    time.Duration
	Event subtitle.Event
}

// Spoken is a word of the audio and when it ended.
type Spoken struct {
	Text string
	End  time.Duration
}

// Point is the lag of one word.
type Point struct{ End, Lag time.Duration }

// Report is what was measured.
type Report struct {
	Text       []string // words of the final text, as shown
	Matched    int      // of them: found among the spoken words, so that their lag is known
	Partial    []Point  // of matched words, by their ends
	Final      []Point
	Changed    int // shown words later replaced or removed at their position
	Respelled  int // shown words of which only case or punctuation changed
	LostFinals int // final words that are missing or different later
	Missing    int // spoken words that are in no final, where Run or more follow each other
	Retracted  int // segments taken back
}

// Run is how many spoken words in a row must be absent from the text to count as missing; fewer are errors of hearing.
const Run = 3

// Measure measures the events of one programme, in the order of their arrival.
func Measure(arrivals []Arrival, spoken []Spoken) Report {
	v := &viewer{segments: map[string]*segment{}}
	for _, a := range arrivals {
		v.see(a)
	}
	r := Report{Changed: v.changed, Respelled: v.respelled, LostFinals: v.lost, Retracted: v.retracted}
	for _, id := range v.order {
		for _, w := range v.segments[id].words {
			r.Text = append(r.Text, w.text)
		}
	}
	r.match(v, spoken)
	return r
}

// match finds the spoken words in the final text and takes their lags.
func (r *Report) match(v *viewer, spoken []Spoken) {
	var said, heard []string
	var ends []time.Duration // of said
	var last []*word         // the word that ends with heard[i], or nil
	for _, s := range spoken {
		for _, part := range wer.Words(s.Text) {
			said, ends = append(said, part), append(ends, s.End)
		}
	}
	for _, id := range v.order {
		words := v.segments[id].words
		for i := range words {
			parts := wer.Words(words[i].text)
			for n, part := range parts {
				heard, last = append(heard, part), append(last, nil)
				if n == len(parts)-1 {
					last[len(last)-1] = &words[i]
				}
			}
		}
	}
	run := 0
	for _, p := range wer.Align(said, heard) {
		switch {
		case p.Heard < 0:
			if run++; run == Run {
				r.Missing += Run
			} else if run > Run {
				r.Missing++
			}
			continue
		case p.Said < 0:
			continue
		}
		run = 0
		if w := last[p.Heard]; w != nil && said[p.Said] == heard[p.Heard] {
			r.Matched++
			end := ends[p.Said]
			r.Partial = append(r.Partial, Point{end, w.shown - end})
			if w.settled {
				r.Final = append(r.Final, Point{end, w.stable - end})
			}
		}
	}
}

// ChangedShare is the share of shown words that changed, 0 where there is no text.
func (r *Report) ChangedShare() float64 {
	if len(r.Text) == 0 {
		return 0
	}
	return float64(r.Changed) / float64(len(r.Text))
}

// Quantile gives the lag that a share q (0..1) of points does not exceed; 0 where there are none.
func Quantile(points []Point, q float64) time.Duration {
	if len(points) == 0 {
		return 0
	}
	lags := make([]time.Duration, len(points))
	for i, p := range points {
		lags[i] = p.Lag
	}
	slices.Sort(lags)
	return lags[min(len(lags)-1, int(q*float64(len(lags))))]
}

// Trend gives the median lag of the first third of the points and of the last.
func Trend(points []Point) (first, last time.Duration) {
	n := len(points) / 3
	return Quantile(points[:n], 0.5), Quantile(points[len(points)-n:], 0.5)
}
