package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/models"
)

type modelsCmd struct {
	List   modelsListCmd   `cmd:"" help:"List what can be fetched and what is installed."`
	Pull   modelsPullCmd   `cmd:"" help:"Fetch models, or what is missing or damaged of them."`
	Add    modelsAddCmd    `cmd:"" help:"Take your own weights, after they have run once."`
	Verify modelsVerifyCmd `cmd:"" help:"Compare the checksums of installed models."`
}

type modelsListCmd struct {
	JSON bool `help:"One JSON object a line."`
}

// Run prints the list.
func (c *modelsListCmd) Run(e *env) error {
	list, err := e.folder().List()
	if err != nil {
		return err
	}
	if c.JSON {
		return printModelsJSON(e.out, list)
	}
	w := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tSTATE\tSIZE\tLANGUAGES\tLICENCE\tCOMMERCIAL\tNOTE")
	for _, m := range list {
		languages := strings.Join(m.Languages, ",")
		if languages == "" {
			languages = "any"
		}
		fmt.Fprintf(w, "%s\t%s\t%d MB\t%s\t%s\t%s\t%s\n", m.ID, m.State, (m.Bytes()+5e5)/1e6, languages, m.Licence, m.Commercial, m.Note)
	}
	return w.Flush()
}

func printModelsJSON(out io.Writer, list []models.Listed) error {
	enc := json.NewEncoder(out)
	for _, m := range list {
		if err := enc.Encode(map[string]any{
			"id": m.ID, "family": m.Family, "state": m.State, "bytes": m.Bytes(), "languages": m.Languages,
			"licence": m.Licence, "commercial": m.Commercial, "default": m.Default, "added": m.Added, "note": m.Note,
		}); err != nil {
			return err
		}
	}
	return nil
}

type modelsPullCmd struct {
	IDs           []string `arg:"" optional:"" name:"id" help:"Models to fetch; none = the default set."`
	From          string   `help:"Take the files from this folder or http(s) address instead of the packages." placeholder:"FOLDER|ADDRESS"`
	AcceptLicence bool     `help:"I have read the licence of a model that is not free for every use."`
}

// Run fetches one model after another.
func (c *modelsPullCmd) Run(e *env) error {
	ids := c.IDs
	if len(ids) == 0 {
		list, err := e.folder().List()
		if err != nil {
			return err
		}
		for _, m := range list {
			if m.Default {
				ids = append(ids, m.ID)
			}
		}
	}
	for _, id := range ids {
		bar := newProgress(e.err, "bytes")
		err := e.folder().Pull(e.ctx, id, models.PullOptions{From: c.From, AcceptLicence: c.AcceptLicence, Progress: bar.report})
		bar.finish()
		if err != nil {
			return err
		}
		fmt.Fprintf(e.err, "%s: installed in %s, checksums right\n", id, e.global.Models)
	}
	return nil
}

type modelsAddCmd struct {
	Path string `arg:"" help:"Folder with the weights and what belongs to them, or one file."`
	ID   string `required:"" help:"The name under which they are asked for."`
}

// Run proves the weights by a forward pass and keeps them.
func (c *modelsAddCmd) Run(e *env) error {
	err := e.folder().Add(e.ctx, c.Path, c.ID, "whisper", func(ctx context.Context, staged models.Folder) error {
		return proveWhisper(ctx, e, staged, c.ID)
	})
	if err == nil {
		fmt.Fprintf(e.err, "%s: installed in %s\n", c.ID, e.global.Models)
	}
	return err
}

type modelsVerifyCmd struct {
	IDs []string `arg:"" optional:"" name:"id" help:"Models to verify; none = all that are installed."`
}

// Run verifies all, then reports the first failure.
func (c *modelsVerifyCmd) Run(e *env) error {
	list, err := e.folder().List()
	if err != nil {
		return err
	}
	bad := 0
	for _, m := range list {
		if len(c.IDs) > 0 && !slices.Contains(c.IDs, m.ID) || len(c.IDs) == 0 && m.State == models.Absent {
			continue
		}
		if err := e.folder().Verify(e.ctx, m.ID); err != nil {
			fmt.Fprintln(e.err, fault.Text(err))
			bad++
			continue
		}
		fmt.Fprintf(e.out, "%s: right\n", m.ID)
	}
	if bad > 0 {
		return fault.Errorf("models.Verify", fault.Corrupt, "%d models are damaged or incomplete", bad)
	}
	return nil
}
