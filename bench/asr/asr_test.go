package asr

import (
	"os"
	"path/filepath"
	"testing"

	contract "github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/asr/engine"
	"github.com/dauys/dauys/models"
)

func TestDev(t *testing.T) {
	if os.Getenv("DEV") == "" {
		t.Skip()
	}
	e, err := engine.New(engine.Config{Models: models.Folder{Dir: filepath.Join(os.Getenv("HOME"), ".local/share/dauys/models")}})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	o := contract.Options{Languages: []string{"en"}, Beam: 1, NoFallback: true, NoTimestamps: true}
	if os.Getenv("FULL") != "" {
		o = contract.Options{Languages: []string{"en"}}
	}
	r, err := Ours(t.Context(), e, []string{os.Getenv("DEV")}, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(r)
	if os.Getenv("V") != "" {
		t.Log(r.Texts)
	}
}
