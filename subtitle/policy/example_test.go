package policy_test

import (
	"fmt"
	"time"

	"github.com/dauys/dauys/subtitle"
	"github.com/dauys/dauys/subtitle/policy"
	"github.com/dauys/dauys/subtitle/policy/script"
)

func Example() {
	p, err := policy.New(policy.Config{}, 1)
	if err != nil {
		panic(err)
	}
	heard := []subtitle.Word{{Text: "Сәлеметсіз", End: 600 * time.Millisecond}}
	for _, through := range []time.Duration{time.Second, 2 * time.Second} {
		d := p.Hear(subtitle.Hypothesis{Through: through, Words: heard})
		for _, u := range d.Updates {
			fmt.Println(script.Line(u))
		}
		heard = append(heard, subtitle.Word{Text: "бе", Start: 1100 * time.Millisecond, End: 1500 * time.Millisecond})
	}
	// Output:
	// event seg=1 rev=1 partial "| Сәлеметсіз"
	// event seg=1 rev=2 partial "Сәлеметсіз | бе"
}
