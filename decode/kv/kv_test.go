package kv_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/dauys/dauys/decode/kv"
	"github.com/dauys/dauys/fault"
)

func TestForkSharesPagesUntilOneWrites(t *testing.T) {
	pool, err := kv.NewPool(6, 4)
	if err != nil {
		t.Fatal(err)
	}
	a := pool.NewSequence()
	if _, err := a.Grow(nil, 6); err != nil {
		t.Fatal(err)
	}
	b := a.Fork()
	if got := pool.Free(); got != 4 {
		t.Fatalf("fork took pages: %d free, want 4", got)
	}
	old := a.Pages()[1]
	slot, c, copied, err := b.Append()
	if err != nil || !copied || c.From != old || c.To != b.Pages()[1] {
		t.Fatalf("first write after a fork: slot %d copy %+v %v, err %v", slot, c, copied, err)
	}
	if slot != c.To*4+2 {
		t.Fatalf("slot %d, want page %d offset 2", slot, c.To)
	}
	if _, _, copied, _ := a.Append(); copied {
		t.Fatal("the last owner of a page needs no copy")
	}
	a.Release()
	b.Release()
	if pool.Free() != pool.Pages() {
		t.Fatalf("%d of %d pages free after release", pool.Free(), pool.Pages())
	}
}

func TestFullPoolRefuses(t *testing.T) {
	pool, err := kv.NewPool(2, 2)
	if err != nil {
		t.Fatal(err)
	}
	s := pool.NewSequence()
	if _, err := s.Grow(nil, 5); fault.KindOf(err) != fault.Exhausted || s.Len() != 0 {
		t.Fatalf("err %v, length %d: want exhausted and nothing taken", err, s.Len())
	}
	if _, err := s.Grow(nil, 4); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := s.Append(); fault.KindOf(err) != fault.Exhausted {
		t.Fatalf("err %v, want exhausted", err)
	}
}

func TestPoolNeedsPages(t *testing.T) {
	for _, c := range [][2]int{{0, 4}, {4, 0}, {-1, 4}} {
		if _, err := kv.NewPool(c[0], c[1]); fault.KindOf(err) != fault.Invalid {
			t.Errorf("NewPool(%d, %d): %v, want invalid", c[0], c[1], err)
		}
	}
}

// Whatever is forked, written, cut and released: each sequence reads back what was written to it, and no page is lost.
func TestSequencesKeepTheirContents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const size = 3
		pool, _ := kv.NewPool(12, size)
		memory := make([]int, 12*size)
		type owned struct {
			seq  *kv.Sequence
			want []int
		}
		var all []*owned
		next := 0
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			op := rapid.IntRange(0, 4).Draw(t, "op")
			if len(all) == 0 || op == 0 {
				all = append(all, &owned{seq: pool.NewSequence()})
				continue
			}
			o := all[rapid.IntRange(0, len(all)-1).Draw(t, "which")]
			switch op {
			case 1, 2:
				slot, c, copied, err := o.seq.Append()
				if err != nil {
					continue
				}
				if copied {
					copy(memory[c.To*size:(c.To+1)*size], memory[c.From*size:(c.From+1)*size])
				}
				next++
				memory[slot] = next
				o.want = append(o.want, next)
			case 3:
				all = append(all, &owned{seq: o.seq.Fork(), want: append([]int(nil), o.want...)})
			case 4:
				n := rapid.IntRange(0, o.seq.Len()).Draw(t, "keep")
				o.seq.Truncate(n)
				o.want = o.want[:n]
			}
			for _, o := range all {
				for i, want := range o.want {
					if got := memory[int(o.seq.Pages()[i/size])*size+i%size]; got != want {
						t.Fatalf("position %d holds %d, want %d", i, got, want)
					}
				}
			}
		}
		for _, o := range all {
			o.seq.Release()
		}
		if pool.Free() != pool.Pages() {
			t.Fatalf("%d pages lost", pool.Pages()-pool.Free())
		}
	})
}
