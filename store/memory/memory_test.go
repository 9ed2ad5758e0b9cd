package memory_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/dauys/dauys/store/memory"
	"github.com/dauys/dauys/store/storetest"
	"github.com/dauys/dauys/subtitle"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestLog(t *testing.T) {
	storetest.Log(t, func(*testing.T) subtitle.Log { return &memory.Log{} })
}

func TestRegistry(t *testing.T) {
	storetest.Registry(t, func(*testing.T) subtitle.Registry { return &memory.Registry{} })
}
