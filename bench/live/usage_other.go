//go:build !unix

package live

import "time"

// cpuTime is unknown here.
func cpuTime() time.Duration { return 0 }

// peakRSS is unknown here.
func peakRSS() int64 { return 0 }
