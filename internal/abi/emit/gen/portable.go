package gen

import (
	"errors"
	"fmt"
	"math/bits"
	"strconv"

	"kern.sys/internal/abi"
)

// ErrNotPortable says that a constant is not the same on every architecture.
var ErrNotPortable = errors.New("it belongs into unix")

// Portable returns the value that a constant has on every architecture, as see makes it.
func Portable(name string, archs []abi.Arch, on map[string]string, see func(abi.Arch, string) (string, error)) (string,
	error) {
	first := ""
	for i, a := range archs {
		value, ok := on[a.Name]
		if !ok {
			return "", fmt.Errorf("constant %s is absent on %s: %w", name, a.Name, ErrNotPortable)
		}
		value, err := see(a, value)
		if err != nil {
			return "", fmt.Errorf("constant %s on %s: %w", name, a.Name, err)
		}
		if i == 0 {
			first = value
		}
		if value != first {
			return "", fmt.Errorf("constant %s is %s on %s and %s on %s: %w", name, first, archs[0].Name, value, a.Name,
				ErrNotPortable)
		}
	}
	return first, nil
}

// AsIs is how Portable sees most constants.
func AsIs(_ abi.Arch, value string) (string, error) { return value, nil }

// FromNetwork16 is how Portable sees constants that a header has in network byte order: they become plain numbers.
func FromNetwork16(a abi.Arch, value string) (string, error) {
	n, err := strconv.ParseUint(value, 10, 16)
	if err != nil {
		return "", err
	}
	if !a.Big {
		n = uint64(bits.ReverseBytes16(uint16(n)))
	}
	return strconv.FormatUint(n, 10), nil
}
