package tc

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nltest"
	"kern.sys/netlink/wire"
)

// links are those that the fake kernel has.
var links = map[string]uint32{"lo": 1, "dd0": 3}

// recorder is a kernel that takes every request and keeps it.
type recorder struct{ requests [][]byte }

func (r *recorder) answer(request []byte) []nltest.Datagram {
	var h uapi.Nlmsghdr
	h.Decode(request)
	if h.Type == uapi.RTM_GETLINK {
		for name, index := range links {
			if !bytes.Contains(request, []byte(name+"\x00")) && native.Uint32(request[uapi.SizeofNlmsghdr+4:]) != index {
				continue
			}
			var e wire.Encoder
			(&uapi.Ifinfomsg{Index: int32(index)}).Put(e.Raw(uapi.SizeofIfinfomsg))
			e.String(uapi.IFLA_IFNAME, name)
			return []nltest.Datagram{{Data: nltest.Message(request, uapi.RTM_NEWLINK, 0, e.Bytes())},
				{Data: nltest.Ack(request, 0, nil)}}
		}
		return []nltest.Datagram{{Data: nltest.Ack(request, 19, nil)}}
	}
	r.requests = append(r.requests, request)
	return []nltest.Datagram{{Data: nltest.Ack(request, 0, nil)}}
}

// runFake runs a command with the fake kernel, and returns what it sent and its status.
func runFake(t *testing.T, line string) (sent [][]byte, status int) {
	t.Helper()
	words, err := cli.SplitWords(line)
	if err != nil {
		t.Fatal(err)
	}
	r := &recorder{}
	k := &nltest.Kernel{Answer: r.answer}
	conn, err := wire.Dial(wire.Config{Dial: k.Dial})
	if err != nil {
		t.Fatal(err)
	}
	s := cli.NewSession(Program(), nil, io.Discard, io.Discard)
	defer s.Close()
	s.Use(conn)
	if words, err = s.Options.Parse(words); err == nil {
		s.Configure()
		err = s.Do(words)
	}
	return r.requests, s.Report(err)
}

// The words of each command become the message that tc makes of them; what tc refuses ends with its status.
func TestSendsWhatTcSends(t *testing.T) {
	if native.Uint16([]byte{1, 0}) != 1 {
		t.Skip("the bytes were captured on a little-endian machine")
	}
	text, err := os.ReadFile("testdata/sent.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := slices.DeleteFunc(strings.Split(strings.TrimSpace(string(text)), "\n"),
		func(l string) bool { return strings.HasPrefix(l, "#") })
	for i := 0; i+1 < len(lines); i += 2 {
		command, want := lines[i], lines[i+1]
		sent, status := runFake(t, command)
		var wanted int
		if n, _ := fmt.Sscanf(want, "status %d", &wanted); n == 1 {
			if status != wanted || len(sent) != 0 {
				t.Errorf("%s: status %d after %d messages, want %d", command, status, len(sent), wanted)
			}
			continue
		}
		if len(sent) != 1 {
			t.Errorf("%s: status %d, %d messages", command, status, len(sent))
			continue
		}
		var typ, flags uint16
		var data string
		if n, err := fmt.Sscanf(want, "%d 0x%x %s", &typ, &flags, &data); n != 3 {
			t.Fatalf("%s: %q: %v", command, want, err)
		}
		var h uapi.Nlmsghdr
		h.Decode(sent[0])
		if h.Type != typ || h.Flags&^uapi.NLM_F_ACK != flags {
			t.Errorf("%s: type %d flags %#x, want %d %#x", command, h.Type, h.Flags, typ, flags)
		}
		message, err := hex.DecodeString(data)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := sorted(sent[0][uapi.SizeofNlmsghdr:], typ), sorted(message, typ); got != want {
			t.Errorf("%s\nsends %s\ntc    %s", command, got, want)
		}
	}
}

// Distributions of delays are read from where iproute2 has put them, which on Debian is below the name of the
// architecture, or from the directory in the environment only.
func TestFindsDistributions(t *testing.T) {
	const command = "qdisc add dev dd0 root netem delay 100ms 10ms distribution "
	files, err := filepath.Glob("/usr/lib*/tc/*.dist")
	if err != nil {
		t.Fatal(err)
	}
	more, err := filepath.Glob("/usr/lib/*/tc/*.dist")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, more...) {
		name := strings.TrimSuffix(filepath.Base(file), ".dist")
		if sent, status := runFake(t, command+name); status != 0 || len(sent) != 1 || len(sent[0]) < 1000 {
			t.Errorf("%s: status %d, %d messages", name, status, len(sent))
		}
	}
	dir := t.TempDir()
	t.Setenv("TC_LIB_DIR", dir)
	if err := os.WriteFile(filepath.Join(dir, "own.dist"), []byte("# two\n 1 -2\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int{"own": 0, "normal": 1} {
		if _, status := runFake(t, command+name); status != want {
			t.Errorf("%s: status %d, want %d", name, status, want)
		}
	}
}

// sorted is a message with its attributes in the order of their types, as text: tc's parsers have another one than
// its tables.
func sorted(b []byte, typ uint16) string {
	n := uapi.SizeofTcmsg
	if typ == uapi.RTM_NEWACTION || typ == uapi.RTM_DELACTION || typ == uapi.RTM_GETACTION {
		n = uapi.SizeofTcamsg
	}
	return hex.EncodeToString(b[:min(n, len(b))]) + sortedAttrs(b[min(n, len(b)):], 0)
}

func sortedAttrs(b []byte, depth int) string {
	var parts []string
	d := wire.NewDecoder(b)
	for d.Next() {
		if d.Type() > 120 {
			return hex.EncodeToString(b)
		}
		typ := native.Uint16(b[d.Offset()-2:]) // with its flags
		parts = append(parts, fmt.Sprintf(" %03d(%s)", typ, sortedAttrs(d.Data(), depth+1)))
	}
	if d.Err() != nil || len(parts) == 0 || depth > 6 {
		return hex.EncodeToString(b)
	}
	slices.Sort(parts)
	return strings.Join(parts, "")
}
