//go:build !linux

package cli

import (
	"errors"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// ProgInfo knows no BPF programs on other systems.
func ProgInfo(uint32) (info uapi.BpfProgInfo, ok bool) { return info, false }

// openProgram opens none either.
func (*Session) openProgram(*desc.BpfProgram) (fd int, err error) { return -1, errors.ErrUnsupported }

func closeFD(int) {}
