// Package capture gives tests messages that were captured on a little-endian machine as this machine would send and
// receive them.
//
// It knows by tables of its own which bytes are numbers: layouts written by hand after the kernel's headers, not
// those that decoders and encoders use, so that a test finds what either has wrong. They hold what the messages of
// tests have. An attribute or a length that is in no table fails the test on every machine, by its path of numbers.
package capture

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/uapi"
)

// Message returns the payload of a message: its header (struct ifinfomsg, rtmsg, …) and attributes, in hexadecimal
// with spaces and comments that begin with "//".
func Message(t testing.TB, typ uint16, text string) []byte {
	t.Helper()
	return must(t)(turnMessage(fromHex(t, text), typ, bigEndian))
}

// LinkData returns what is in IFLA_INFO_DATA of a kind of link, or in IFLA_INFO_SLAVE_DATA of a port of the kind.
func LinkData(t testing.TB, kind string, port bool, text string) []byte {
	t.Helper()
	return must(t)(turn(dataOf(kind, port), fromHex(t, text), bigEndian))
}

// EncapData returns what is in RTA_ENCAP of an encapsulation, LWTUNNEL_ENCAP_….
func EncapData(t testing.TB, typ uint16, text string) []byte {
	t.Helper()
	l := encaps[typ]
	if l == nil {
		t.Fatalf("encapsulation %d: not in the tables of internal/capture", typ)
	}
	return must(t)(turn(l, fromHex(t, text), bigEndian))
}

// Datagram returns whole messages, one behind the other.
func Datagram(t testing.TB, text string) []byte {
	t.Helper()
	return must(t)(turnDatagram(fromHex(t, text), bigEndian))
}

// Words returns bytes that no table can know, because they are malformed or of no kernel. Each word, in hexadecimal
// with spaces around it, is a number of a little-endian machine, or with "=" in front bytes that are the same
// everywhere. Comments begin with "#".
func Words(t testing.TB, text string) []byte {
	t.Helper()
	return must(t)(turnWords(text, bigEndian))
}

func must(t testing.TB) func([]byte, error) []byte {
	return func(b []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
}

func fromHex(t testing.TB, text string) []byte {
	t.Helper()
	return must(t)(bytesOf(text))
}

func bytesOf(text string) ([]byte, error) {
	var digits strings.Builder
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "//")
		digits.WriteString(strings.Join(strings.Fields(line), ""))
	}
	return hex.DecodeString(digits.String())
}

// bigEndian says whether this machine is.
var bigEndian = binary.NativeEndian.Uint16([]byte{0, 1}) == 1

// turn returns the bytes of a little-endian machine as a big-endian one has them. Unless that is asked for they only
// have to be what the layout says.
func turn(l layout, b []byte, big bool) ([]byte, error) {
	out := slices.Clone(b)
	if err := l.turn(piece{in: b, out: out}); err != nil {
		return nil, err
	}
	if !big {
		return b, nil
	}
	return out, nil
}

func turnMessage(b []byte, typ uint16, big bool) ([]byte, error) {
	l := messages[typ&^3] // RTM_NEW…, RTM_DEL…, RTM_GET… and RTM_SET… are four in a row
	if l == nil {
		return nil, fmt.Errorf("message %d: not in the tables of internal/capture", typ)
	}
	out, err := turn(l, b, big)
	if err != nil {
		return nil, fmt.Errorf("message %d: %w", typ, err)
	}
	return out, nil
}

func turnDatagram(b []byte, big bool) ([]byte, error) {
	var out []byte
	for len(b) > 0 {
		if len(b) < uapi.SizeofNlmsghdr {
			return nil, fmt.Errorf("%d bytes left are no header", len(b))
		}
		n := int(binary.LittleEndian.Uint32(b))
		if n < uapi.SizeofNlmsghdr || n > len(b) {
			return nil, fmt.Errorf("message of %d bytes in %d", n, len(b))
		}
		header, err := turn(numbers("4 2 2 4 4"), b[:uapi.SizeofNlmsghdr], big)
		if err != nil {
			return nil, err
		}
		payload, err := turnMessage(b[uapi.SizeofNlmsghdr:n], binary.LittleEndian.Uint16(b[4:]), big)
		if err != nil {
			return nil, err
		}
		out = append(append(out, header...), payload...)
		b = b[n:]
	}
	return out, nil
}

func turnWords(text string, big bool) ([]byte, error) {
	var out []byte
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		for _, word := range strings.Fields(line) {
			digits, same := strings.CutPrefix(word, "=")
			b, err := hex.DecodeString(digits)
			if err != nil {
				return nil, fmt.Errorf("%q: %w", word, err)
			}
			if big && !same {
				slices.Reverse(b)
			}
			out = append(out, b...)
		}
	}
	return out, nil
}
