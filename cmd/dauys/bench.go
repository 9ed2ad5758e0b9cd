package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/dauys/dauys/asr"
	benchasr "github.com/dauys/dauys/bench/asr"
	"github.com/dauys/dauys/bench/kernels"
	"github.com/dauys/dauys/bench/live"
	"github.com/dauys/dauys/bench/mix"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/subtitle/policy"
)

type benchCmd struct {
	ASR     benchASRCmd     `cmd:"" name:"asr" help:"Recordings: real-time factor and memory, beside faster-whisper where it is given."`
	Kernels benchKernelsCmd `cmd:"" help:"Kernels: GFLOP/s, GB/s and the share of what this machine can do."`
	Live    benchLiveCmd    `cmd:"" help:"Live subtitles at real pace: lag, changed words, word errors."`
}

type benchASRCmd struct {
	Data        string   `help:"Folder of reference recordings (transcripts.tsv and its clips); none = the demonstration recording." placeholder:"DIR"`
	Minutes     float64  `help:"Length of the recording that is made of them." default:"4"`
	Model       string   `help:"Model to use." default:"whisper-base"`
	Language    string   `help:"Language that is told to both programs." default:"en"`
	Beam        int      `help:"Beams; 1 = greedy." default:"1"`
	Runs        int      `help:"Runs of each program, in turn." default:"3"`
	PeerPython  string   `help:"Python with faster-whisper." placeholder:"FILE"`
	PeerScript  string   `help:"Script that runs it and prints JSON lines." placeholder:"FILE"`
	PeerCompute []string `help:"Its number types." default:"float32,int8"`
	JSON        bool     `help:"One JSON object a run."`
}

// Run measures in turn and prints medians and ratios.
func (c *benchASRCmd) Run(e *env) error {
	if c.Runs < 1 {
		return usageError{fmt.Errorf("--runs %d: want 1 or more", c.Runs)}
	}
	recording, err := mix.New(e.ctx, mix.Config{Data: c.Data, Least: time.Duration(c.Minutes * float64(time.Minute))})
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "dauys-bench")
	if err != nil {
		return fault.E("bench.asr", fault.Other, err)
	}
	defer os.RemoveAll(dir)
	path, err := recording.WriteWAV(dir)
	if err != nil {
		return err
	}
	programs, closeAll, err := c.programs(e, path)
	if err != nil {
		return err
	}
	defer func() { _ = closeAll() }() // its streams have ended
	results := make([][]*benchasr.Result, len(programs))
	for range c.Runs {
		for i, run := range programs {
			r, err := run()
			if err != nil {
				return err
			}
			results[i] = append(results[i], r)
			if c.JSON {
				r.Texts = nil
				if err := json.NewEncoder(e.out).Encode(r); err != nil {
					return fault.E("bench.asr", fault.Other, err)
				}
			} else {
				fmt.Fprintln(e.out, r)
			}
		}
	}
	if !c.JSON {
		c.summary(e, results)
	}
	return nil
}

// programs gives what is measured: ours, then the peer at each of its types.
func (c *benchASRCmd) programs(e *env, path string) (all []func() (*benchasr.Result, error), closeAll func() error, err error) {
	engine, err := e.engine(c.Model)
	if err != nil {
		return nil, nil, err
	}
	o := asr.Options{Model: c.Model, Languages: []string{c.Language}, Beam: c.Beam, NoTimestamps: true, NoFallback: true, NoVAD: true}
	all = append(all, func() (*benchasr.Result, error) { return benchasr.Ours(e.ctx, engine, []string{path}, o) })
	if c.PeerPython == "" || c.PeerScript == "" {
		return all, engine.Close, nil
	}
	model, err := e.folder().Locate(c.Model)
	if err != nil {
		return nil, nil, err
	}
	threads := e.global.Threads
	if threads == 0 {
		threads = 2
	}
	for _, compute := range c.PeerCompute {
		peer := benchasr.PeerConfig{
			Python: c.PeerPython, Script: c.PeerScript, Model: model, Compute: compute, Beam: c.Beam,
			Language: c.Language, Plain: true, Threads: threads,
		}
		all = append(all, func() (*benchasr.Result, error) { return benchasr.Peer(e.ctx, peer, []string{path}) })
	}
	return all, engine.Close, nil
}

// summary prints each program's median and how many times as fast as it ours is.
func (c *benchASRCmd) summary(e *env, results [][]*benchasr.Result) {
	median := func(rs []*benchasr.Result) float64 {
		var all []float64
		for _, r := range rs {
			all = append(all, r.RTF())
		}
		slices.Sort(all)
		return all[len(all)/2]
	}
	ours := median(results[0])
	fmt.Fprintf(e.out, "\n%s\nmedians of %d runs, beam %d:\n", cpuName(), c.Runs, c.Beam)
	for _, rs := range results {
		fmt.Fprintf(e.out, "%-28s rtf %.4f   ours is %.2fx as fast\n", rs[0].Program, median(rs), median(rs)/ours)
	}
}

type benchKernelsCmd struct {
	Runs int  `help:"Runs of each operation, at most." default:"9"`
	JSON bool `help:"One JSON object a line."`
}

// Run measures kernels.
func (c *benchKernelsCmd) Run(e *env) error {
	return kernels.Run(e.ctx, e.out, kernels.Options{CPU: e.cpu(), Runs: c.Runs, JSON: c.JSON})
}

type benchLiveCmd struct {
	Data     string        `help:"Folder of reference recordings (transcripts.tsv and its clips); none = the demonstration recording." placeholder:"DIR"`
	Minutes  float64       `help:"Of sound, played at its own pace." default:"3"`
	Model    string        `help:"Model to use." default:"whisper-base"`
	Language string        `help:"kk, ru or en; auto follows the speech." default:"auto"`
	Policy   []string      `help:"agreement, alignatt, or both one after the other." default:"agreement"`
	Margin   time.Duration `help:"The policy's margin; 0 = its default."`
	Edge     time.Duration `help:"The policy's edge; 0 = its default."`
	JSON     bool          `help:"One JSON object a line."`
}

// Run plays the recording through the whole pipeline.
func (c *benchLiveCmd) Run(e *env) error {
	engine, err := e.engine(c.Model)
	if err != nil {
		return err
	}
	defer engine.Close()
	o := live.Options{Data: c.Data, Minutes: c.Minutes, Model: c.Model, Language: c.Language, JSON: c.JSON}
	for _, p := range c.Policy {
		o.Policies = append(o.Policies, policy.Config{Agreement: policy.Agreement(p), Margin: c.Margin, Edge: c.Edge})
	}
	return live.Run(e.ctx, e.out, engine, o)
}
