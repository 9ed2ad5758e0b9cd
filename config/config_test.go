package config

import (
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

type app struct {
	Models string `default:"m"`
	Serve  struct {
		Listen string   `default:"127.0.0.1:8080" env:"TEST_DAUYS_LISTEN"`
		Hosts  []string `default:"localhost"`
	} `cmd:""`
}

func parse(t *testing.T, file string, args ...string) (*app, error) {
	t.Helper()
	r, err := Read(strings.NewReader(file))
	if err != nil {
		return nil, err
	}
	var a app
	k, err := kong.New(&a, kong.Resolvers(r), kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	_, err = k.Parse(args)
	return &a, err
}

func TestPrecedence(t *testing.T) {
	file := "models: /srv\nserve:\n  listen: 1.2.3.4:1\n  hosts: [a, b]\n"
	a, err := parse(t, file, "serve")
	if err != nil || a.Models != "/srv" || a.Serve.Listen != "1.2.3.4:1" || len(a.Serve.Hosts) != 2 {
		t.Errorf("file: %+v %v", a, err)
	}
	t.Setenv("TEST_DAUYS_LISTEN", "5.6.7.8:2")
	if a, _ = parse(t, file, "serve"); a.Serve.Listen != "5.6.7.8:2" {
		t.Errorf("environment: %+v", a)
	}
	if a, _ = parse(t, file, "serve", "--listen", "9.9.9.9:3"); a.Serve.Listen != "9.9.9.9:3" {
		t.Errorf("flag: %+v", a)
	}
	if a, _ = parse(t, "", "serve"); a.Models != "m" || a.Serve.Hosts[0] != "localhost" {
		t.Errorf("defaults survive an empty file: %+v", a)
	}
}

func TestBadFilesAreRefused(t *testing.T) {
	for name, file := range map[string]string{
		"unknown key":         "modles: x",
		"unknown command key": "serve:\n  lisen: x",
		"not yaml":            "a: [",
		"not a map":           "just words",
	} {
		if _, err := parse(t, file, "serve"); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("models: x\nserve:\n  listen: y\n")
	f.Fuzz(func(t *testing.T, text string) {
		_, _ = Read(strings.NewReader(text))
	})
}
