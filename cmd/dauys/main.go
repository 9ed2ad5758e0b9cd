// Command dauys recognises speech and serves live subtitles in Kazakh, Russian and English, on your own machine.
//
// docs/cli.md lists every command, flag, environment variable and configuration key; it is generated from the structs here.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/dauys/dauys/config"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/models"
)

// Exit codes: data came out, something failed, the command line was wrong.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// version is set by the linker (see Makefile).
var version = "development"

// cli is the whole command line. Its tags are the one description of every setting.
type cli struct {
	Config  kong.ConfigFlag  `help:"Read settings from this YAML file." placeholder:"FILE" env:"DAUYS_CONFIG"`
	Models  string           `help:"Folder of the models." placeholder:"DIR" default:"${models_dir}" env:"DAUYS_MODELS"`
	CPU     string           `help:"Instruction level: auto, portable, avx2 or avx512." default:"auto" enum:"auto,portable,avx2,avx512" env:"DAUYS_CPU"`
	Threads int              `help:"Threads that compute, 0 = one a core." default:"0" env:"DAUYS_THREADS"`
	Log     string           `help:"Least level of what is logged on stderr: debug, info, warn or error; auto is info for serve, else warn." default:"auto" enum:"auto,debug,info,warn,error" env:"DAUYS_LOG"`
	Version kong.VersionFlag `help:"Print the version."`

	Transcribe transcribeCmd `cmd:"" help:"Turn finished recordings into text."`
	Subtitle   subtitleCmd   `cmd:"" help:"Run the live subtitle pipeline on a file, stdin or an address."`
	Serve      serveCmd      `cmd:"" help:"Serve the page, the programmes and the services."`
	Model      modelsCmd     `cmd:"" name:"models" help:"List, fetch, add and verify models."`
	Doctor     doctorCmd     `cmd:"" help:"Check this machine: processor, models, optional programs, ports."`
	Bench      benchCmd      `cmd:"" help:"Measure speed and quality on this machine."`
}

// env is what every command gets besides its own flags.
type env struct {
	ctx    context.Context
	in     io.Reader
	out    io.Writer
	err    io.Writer
	log    *slog.Logger
	global *cli
}

func (e *env) folder() models.Folder { return models.Folder{Dir: e.global.Models} }

// heapGrowth is by how many percent the heap may grow before garbage is collected. Most of it are weights and caches, which
// live as long as the process and hold no pointers: marking them is cheap, and at Go's 100 memory would double. GOGC overrides.
const heapGrowth = 8

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the program, with everything it touches given.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	var c cli
	exited := -1
	parser, err := kong.New(&c, kong.Name("dauys"), kong.UsageOnError(), kong.Writers(out, errs),
		kong.Description("Speech recognition and live subtitles in Kazakh, Russian and English, on your own machine."),
		kong.Vars{"version": version, "models_dir": defaultDir("models"), "data_dir": defaultDir("data")},
		kong.Configuration(config.Load), kong.Exit(func(code int) { exited = code }))
	if err != nil {
		fmt.Fprintln(errs, "dauys:", err)
		return exitFailed
	}
	k, err := parser.Parse(args)
	if exited >= 0 { // --help, --version
		return exited
	}
	if err != nil {
		fmt.Fprintf(errs, "dauys: %v\nRun 'dauys --help' for the commands.\n", fault.Text(err))
		return exitUsage
	}
	e := &env{ctx: ctx, in: in, out: out, err: errs, log: logger(errs, c.Log, k.Command()), global: &c}
	if err := k.Run(e); err != nil {
		return report(errs, err)
	}
	return exitDone
}

// usageError is a command line that parsed but makes no sense.
type usageError struct{ error }

// report prints a failure as one line and gives the exit code.
func report(errs io.Writer, err error) int {
	fmt.Fprintln(errs, "dauys:", fault.Text(err))
	if errors.As(err, &usageError{}) {
		return exitUsage
	}
	return exitFailed
}

func logger(w io.Writer, level, command string) *slog.Logger {
	l := slog.LevelWarn
	if strings.HasPrefix(command, "serve") {
		l = slog.LevelInfo
	}
	if level != "auto" {
		_ = l.UnmarshalText([]byte(level)) // the parser let known names through only
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: l}))
}

// defaultDir is ~/.local/share/dauys/<name>, by the XDG convention.
func defaultDir(name string) string {
	base := os.Getenv("XDG_DATA_HOME")
	if base == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return filepath.Join(os.TempDir(), "dauys", name)
		}
		base = filepath.Join(home, ".local", "share")
	}
	return filepath.Join(base, "dauys", name)
}
