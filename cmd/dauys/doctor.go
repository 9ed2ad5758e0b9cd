package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/models"
	"github.com/dauys/dauys/tensor/cpu"
)

type doctorCmd struct {
	Listen string `help:"Address that the server will use." default:"127.0.0.1:8080"`
	Data   string `help:"Folder of the server's data." placeholder:"DIR" default:"${data_dir}" env:"DAUYS_DATA"`
	JSON   bool   `help:"One JSON object a line."`
}

// finding is one thing looked at.
type finding struct {
	What   string `json:"what"`
	State  string `json:"state"` // good, optional (missing, but not needed by all), bad
	Detail string `json:"detail"`
	Do     string `json:"do,omitempty"` // what to do about it
}

// Run looks at everything and fails where something needed is missing.
func (c *doctorCmd) Run(e *env) error {
	all := []finding{checkCPU(e.global.CPU), checkFolder("data", c.Data), checkPort(c.Listen)}
	all = append(all, checkModels(e.folder())...)
	all = append(all, checkPrograms()...)
	bad := 0
	for _, f := range all {
		if f.State == "bad" {
			bad++
		}
		if err := c.print(e, f); err != nil {
			return err
		}
	}
	if bad > 0 {
		return fault.Errorf("doctor.Run", fault.Unavailable, "%d of %d checks need attention", bad, len(all))
	}
	return nil
}

func (c *doctorCmd) print(e *env, f finding) error {
	if c.JSON {
		return json.NewEncoder(e.out).Encode(f)
	}
	mark := map[string]string{"good": "ok", "optional": "--", "bad": "!!"}[f.State]
	_, err := fmt.Fprintf(e.out, "%s  %-18s %s\n", mark, f.What, f.Detail)
	if f.Do != "" && err == nil {
		_, err = fmt.Fprintf(e.out, "    %-18s -> %s\n", "", f.Do)
	}
	return err
}

func checkCPU(asked string) finding {
	best := cpu.Detect()
	f := finding{What: "processor", State: "good", Detail: fmt.Sprintf("%s, %d cores, level %s", cpuName(), runtime.NumCPU(), best)}
	if best.String() == "portable" {
		f.State, f.Do = "optional", "a processor with AVX2, FMA and F16C is many times faster: live subtitles need one"
	}
	if asked != "auto" && asked != best.String() {
		f.Detail += " (" + asked + " is asked for)"
	}
	return f
}

func cpuName() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for _, line := range strings.Split(string(text), "\n") {
		if k, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(k) == "model name" {
			return strings.TrimSpace(v)
		}
	}
	return runtime.GOARCH
}

func checkFolder(what, dir string) finding {
	f := finding{What: what + " folder", State: "good", Detail: dir}
	err := os.MkdirAll(dir, 0o750)
	if err == nil {
		probe := filepath.Join(dir, ".doctor")
		if err = os.WriteFile(probe, []byte("x"), 0o600); err == nil {
			err = os.Remove(probe)
		}
	}
	if err != nil {
		f.State, f.Detail, f.Do = "bad", err.Error(), "make it writable, or name another with --"+what
	}
	return f
}

func checkPort(address string) finding {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return finding{What: "address", State: "bad", Detail: err.Error(), Do: "stop what listens there, or choose another with --listen"}
	}
	l.Close()
	return finding{What: "address", State: "good", Detail: address + " is free"}
}

func checkModels(folder models.Folder) []finding {
	list, err := folder.List()
	if err != nil {
		return []finding{{What: "models", State: "bad", Detail: fault.Text(err), Do: "mend or remove that folder"}}
	}
	var all []finding
	for _, m := range list {
		f := finding{What: "model " + m.ID, State: "good", Detail: string(m.State)}
		if m.State != models.Installed {
			f.State, f.Do = "optional", fmt.Sprintf("dauys models pull %s (%d MB)", m.ID, m.Bytes()/1e6)
			if m.Default {
				f.State = "bad"
			}
		}
		all = append(all, f)
	}
	return all
}

func checkPrograms() []finding {
	var all []finding
	for _, p := range []struct{ name, use, do string }{
		{"ffmpeg", "every sound and video format beyond WAV, FLAC, MP3, Ogg and WebM; addresses as sources", "apt-get install ffmpeg"},
		{"python3", "its pip fetches models from packages; not needed with --from", "apt-get install python3-pip"},
	} {
		f := finding{What: p.name, State: "good", Detail: p.use}
		if _, err := exec.LookPath(p.name); err != nil {
			f.State, f.Detail, f.Do = "optional", "not installed: "+p.use, p.do
		}
		all = append(all, f)
	}
	return all
}
