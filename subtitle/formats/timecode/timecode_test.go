package timecode

import (
	"testing"
	"time"
)

func TestFormat(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "00:00:00,000", -time.Second: "00:00:00,000", 1500 * time.Microsecond: "00:00:00,002",
		25*time.Hour + 61*time.Second + 7*time.Millisecond: "25:01:01,007", 1 << 62: "9999:59:59,999",
	} {
		if got := Format(d, ','); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		in    string
		short bool
		want  time.Duration // < 0: refused
	}{
		{"01:02:03.004", false, time.Hour + 2*time.Minute + 3*time.Second + 4*time.Millisecond},
		{"100:00:00.000", false, 100 * time.Hour},
		{"02:03.004", true, 2*time.Minute + 3*time.Second + 4*time.Millisecond},
		{"02:03.004", false, -1},
		{"1:02:03.004", false, -1},
		{"01:02:03,004", false, -1},
		{"01:60:03.004", false, -1},
		{"01:02:60.004", false, -1},
		{"01:02:03.4", false, -1},
		{"01:02:03", false, -1},
		{"", true, -1},
		{"01:02:-3.004", false, -1},
		{"12345:02:03.004", false, -1},
		{"٠١:02:03.004", false, -1},
	} {
		got, err := Parse(c.in, '.', c.short)
		if (err != nil) != (c.want < 0) || err == nil && got != c.want {
			t.Errorf("%q: %v, %v, want %v", c.in, got, err, c.want)
		}
	}
}
