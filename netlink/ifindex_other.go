//go:build !linux

package netlink

func interfaceIndex(int, string) (int, error) { return 0, ErrNotImplemented }

func interfaceName(int, int) (string, error) { return "", ErrNotImplemented }
