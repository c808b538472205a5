package main

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lock waits until no other vmtest works on the cache, and keeps others out until the file is closed.
func lock(file string) (*os.File, error) {
	f, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", file, err), f.Close())
	}
	return f, nil
}
