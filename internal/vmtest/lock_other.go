//go:build !linux

package main

import (
	"errors"
	"os"
)

func lock(string) (*os.File, error) {
	return nil, errors.New("vmtest needs Debian's apt")
}
