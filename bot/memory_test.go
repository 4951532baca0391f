package bot_test

import (
	"context"
	"errors"
	"time"
)

var errMemory = errors.New("memory is gone")

// brokenMemory is a Memory behind which nothing answers.
type brokenMemory struct{}

func (brokenMemory) First(context.Context, []string, time.Duration) (bool, error) {
	return false, errMemory
}
func (brokenMemory) Put(context.Context, string, string, time.Duration) error { return errMemory }
func (brokenMemory) Get(context.Context, string) (string, error)              { return "", errMemory }

func (brokenMemory) Add(context.Context, string, string, int, time.Duration) error {
	return errMemory
}
func (brokenMemory) List(context.Context, string) ([]string, error) { return nil, errMemory }
