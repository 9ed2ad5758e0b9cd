package cpu

import "testing"

func TestSmallRunsLeaveTheLargeArenaAlone(t *testing.T) {
	var a arenas
	large := a.get(1 << 20)
	a.put(large)
	small := a.get(100)
	if len(small) != 100 {
		t.Errorf("100 bytes were taken from an arena of %d", len(small))
	}
	if again := a.get(1 << 20); &again[0] != &large[0] {
		t.Error("the large arena was not used again")
	}
}

func TestTooSmallArenasAreReplaced(t *testing.T) {
	var a arenas
	a.put(a.get(1000))
	a.put(a.get(2000))
	if len(a.free) != 1 || len(a.free[0]) != 2000 {
		t.Errorf("%d arenas, want the larger one only", len(a.free))
	}
	if b := a.get(900); len(b) != 2000 || len(a.free) != 0 {
		t.Error("a slightly smaller run has its own arena")
	}
}
