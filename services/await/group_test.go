package await

import "testing"

func TestClosedGroupStopsWaitsAndRefuses(t *testing.T) {
	var g Group
	stopped := make(chan struct{})
	leave, ok := g.Enter(func() { close(stopped) })
	if !ok {
		t.Fatal("an open group refused")
	}
	left := false
	go func() {
		<-stopped
		left = true
		leave()
	}()
	g.Close()
	if !left {
		t.Error("Close did not wait")
	}
	if _, ok := g.Enter(nil); ok {
		t.Error("a closed group let one in")
	}
}
