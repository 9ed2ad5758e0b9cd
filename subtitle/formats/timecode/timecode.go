// Package timecode writes and reads HH:MM:SS.mmm, the clock of subtitle files. The mark before the milliseconds is a comma in
// SRT and a full stop in WebVTT and TTML.
package timecode

import (
	"fmt"
	"strings"
	"time"
)

// Max is the last time that can be written: the hours have four digits at most.
const Max = 9999*time.Hour + 59*time.Minute + 59*time.Second + 999*time.Millisecond

// Format writes d, rounded to milliseconds; what is below 0 or above [Max] becomes that.
func Format(d time.Duration, mark byte) string {
	ms := min(max(d, 0), Max).Round(time.Millisecond).Milliseconds()
	return fmt.Sprintf("%02d:%02d:%02d%c%03d", ms/3_600_000, ms/60_000%60, ms/1000%60, mark, ms%1000)
}

// Parse reads what [Format] writes: two to four digits of hours, two of minutes and seconds, three of milliseconds. With
// short, hours may be missing.
func Parse(s string, mark byte, short bool) (time.Duration, error) {
	wrong := fmt.Errorf("%q is no time such as 01:02:03%c450", s, mark)
	clock, millis, ok := strings.Cut(s, string(mark))
	parts := strings.Split(clock, ":")
	if short && len(parts) == 2 {
		parts = append([]string{"00"}, parts...)
	}
	if !ok || len(parts) != 3 {
		return 0, wrong
	}
	hours, ok1 := digits(parts[0], 2, 4)
	minutes, ok2 := digits(parts[1], 2, 2)
	seconds, ok3 := digits(parts[2], 2, 2)
	ms, ok4 := digits(millis, 3, 3)
	if !ok1 || !ok2 || !ok3 || !ok4 || minutes > 59 || seconds > 59 {
		return 0, wrong
	}
	return time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute + time.Duration(seconds)*time.Second +
		time.Duration(ms)*time.Millisecond, nil
}

func digits(s string, least, most int) (n int, ok bool) {
	if len(s) < least || len(s) > most {
		return 0, false
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, true
}
