package e2e

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/dauys/dauys/internal/shared"
)

// hung ends a test that waits for what never comes; it is no expectation of speed.
const hung = time.Minute

// process is a running dauys.
type process struct {
	t    *testing.T
	name string
	url  string // as the program printed it
	data string // folder of its data
	cmd  *exec.Cmd
	done chan struct{} // closed when it has exited

	mu   sync.Mutex
	said []string // lines of stderr
}

var serving = regexp.MustCompile(`^dauys \S+ serves (https?://\S+)$`)

// serve starts dauys serve on a free port and waits until it tells its address.
func serve(t *testing.T, args ...string) *process {
	t.Helper()
	if !has(args, "--listen") {
		args = append(args, "--listen", "127.0.0.1:0")
	}
	data := t.TempDir()
	if !has(args, "--data") {
		args = append(args, "--data", data)
	}
	p := start(t, append([]string{"serve"}, args...)...)
	p.data = data
	return awaitAddress(t, p)
}

// awaitAddress waits until a server tells its address.
func awaitAddress(t *testing.T, p *process) *process {
	t.Helper()
	until(t, "dauys serve tells its address", func() bool {
		select {
		case <-p.done:
			t.Fatalf("dauys %s did not start:\n%s", p.name, p.text())
		default:
		}
		m := p.find(serving)
		if m != nil {
			p.url = m[1]
		}
		return m != nil
	})
	return p
}

// pid of the process, in digits.
func (p *process) pid() string { return strconv.Itoa(p.cmd.Process.Pid) }

func has(args []string, flag string) bool {
	for _, a := range args {
		if a == flag || strings.HasPrefix(a, flag+"=") {
			return true
		}
	}
	return false
}

// start runs dauys; the end of the test kills it.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	models := filepath.Dir(shared.Model(t, "whisper-base"))
	return launch(t, exec.Command(dauys(t), append([]string{"--models", models}, args...)...), strings.Join(args, " "))
}

func launch(t *testing.T, cmd *exec.Cmd, name string) *process {
	t.Helper()
	cmd.Env = append(os.Environ(), "GOTRACEBACK=all")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, name: name, cmd: cmd, done: make(chan struct{})}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { // ends with the process, for which finish waits
		defer close(p.done)
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			p.mu.Lock()
			p.said = append(p.said, lines.Text())
			p.mu.Unlock()
		}
		_ = cmd.Wait() // the state tells
	}()
	t.Cleanup(p.finish)
	return p
}

// finish kills what still runs and looks for panics in what it said.
func (p *process) finish() {
	p.kill()
	for _, sign := range []string{"panic", "fatal error", "DATA RACE", "goroutine "} {
		if strings.Contains(p.text(), sign) {
			p.t.Errorf("dauys %s said %q", p.name, sign)
			break
		}
	}
	if p.t.Failed() {
		p.t.Logf("dauys %s said:\n%s", p.name, p.text())
	}
}

// kill ends it as a power cut would.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.done
}

// terminate asks it to stop; it gives the exit status and how long that took.
func (p *process) terminate() (int, time.Duration) {
	p.t.Helper()
	began := time.Now()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.t.Fatal(err)
	}
	return p.exit(), time.Since(began)
}

// exit waits for the end and gives the status.
func (p *process) exit() int {
	p.t.Helper()
	select {
	case <-p.done:
	case <-time.After(hung):
		p.t.Fatalf("dauys %s does not end:\n%s", p.name, p.text())
	}
	return p.cmd.ProcessState.ExitCode()
}

func (p *process) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.said, "\n")
}

// find gives the first line of stderr that matches.
func (p *process) find(want *regexp.Regexp) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, line := range p.said {
		if m := want.FindStringSubmatch(line); m != nil {
			return m
		}
	}
	return nil
}

// until waits for a condition that is looked at again and again.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for stop := time.Now().Add(hung); !holds(); <-tick.C {
		if time.Now().After(stop) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}
