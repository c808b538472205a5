//go:build !linux

package cli

import (
	"errors"

	"kern.sys/internal/uapi"
)

// ProgInfo knows no BPF programs on other systems.
func ProgInfo(uint32) (info uapi.BpfProgInfo, ok bool) { return info, false }

// OpenPinned knows none either.
func OpenPinned(string) (fd int, err error) { return -1, errors.ErrUnsupported }
