package e2e

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dauys/dauys/internal/shared"
)

// TestFullDiskIsToldAndHarmsNothing runs on a file system of a few megabytes that another file fills up in mid-sentence.
func TestFullDiskIsToldAndHarmsNothing(t *testing.T) {
	sh, unshare := program(t, "sh"), program(t, "unshare")
	if out, err := exec.Command(unshare, "--mount", "true").CombinedOutput(); err != nil {
		t.Skipf("needs the right to mount: %s", out)
	}
	data, models := t.TempDir(), filepath.Dir(shared.Model(t, "whisper-base"))
	cmd := exec.Command(unshare, "--mount", sh, "-c", `mount -t tmpfs -o size=24m none "$1" && exec "$2" --models "$3" serve all --listen 127.0.0.1:0 --data "$1/data"`,
		"sh", data, dauys(t), models)
	p := awaitAddress(t, launch(t, cmd, "serve on a small disk"))
	made := p.create(t, "websocket")
	v := view(t, p, made, "after=0")
	sound := s16(speech(t, 30))
	in, _ := attach(t, p, made, hello16k)
	in.send(sound[:5*32000], 6400)
	v.wait("words", shows("welcome"))
	inside := func(command string) {
		cmd := exec.Command(program(t, "nsenter"), "--target", p.pid(), "--mount", sh, "-c", command, "sh", filepath.Join(data, "filler"))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", command, err, out)
		}
	}
	inside(`cat /dev/zero >"$1" 2>/dev/null; true`)
	in.send(sound[5*32000:], 6400)
	until(t, "the log says why", func() bool { return strings.Contains(p.text(), "disk full") })
	if a := p.post(t, "/v1/programmes", `{}`); a.StatusCode < 500 || !strings.Contains(string(a.body), "full") {
		t.Errorf("a new programme on a full disk: %d %s", a.StatusCode, a.body)
	}
	if a := p.get(t, "/v1/programmes/"+made.ID+"/subtitles.vtt"); a.StatusCode != 200 {
		t.Errorf("the archive cannot be read: %d %s", a.StatusCode, a.body)
	}
	inside(`rm "$1"`)
	in.end()
	v.ended()
	checkEvents(t, v.seen())
	if got := strings.ToLower(finals(v.seen())); !strings.Contains(got, "temperature") {
		t.Errorf("once there was space again, only this was heard: %s", got)
	}
	late := view(t, p, made, "after=0")
	late.ended()
	sameEvents(t, "a reader throughout", v.seen(), late.seen())
}
