//go:build !linux

package ip

import "kern.sys/internal/uapi"

// progInfo knows no BPF programs on other systems.
func progInfo(uint32) (info uapi.BpfProgInfo, ok bool) { return info, false }
