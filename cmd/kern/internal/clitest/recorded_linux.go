package clitest

import (
	"bytes"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/nltest"
	"kern.sys/netlink/wire"
)

// Where no kernel has what a program is about, a test stands for one: iproute2's program and this one get the same
// answers from it. What iproute2's asked for, printed and ended with is recorded in a file.

// recordEnv has tests write the file anew, by iproute2's program and a C compiler:
//
//	KERN_RECORD=1 go test ./cmd/kern/internal/vdpa
const recordEnv = "KERN_RECORD"

// FakeKernel is what a test has in place of a kernel.
type FakeKernel struct {
	// Answer is that of nltest.Kernel.
	Answer func(request []byte) []nltest.Datagram
	// Unrecorded are requests that do not count, such as those for the numbers of families.
	Unrecorded func(typ uint16, request []byte) bool
	Header     int // bytes before the attributes of requests
}

// outcome is what became of a command.
type outcome struct {
	line string
	sent []string
	Result
}

// CompareRecorded runs commands and compares them with what is recorded in a file.
func CompareRecorded(t *testing.T, k *FakeKernel, file string, commands []string) {
	t.Helper()
	if native.Uint16([]byte{1, 0}) != 1 {
		t.Skip("the bytes were recorded on a little-endian machine")
	}
	if os.Getenv(recordEnv) != "" {
		var text strings.Builder
		for _, line := range commands {
			text.WriteString(k.byPeer(t, line).String())
		}
		if err := os.WriteFile(file, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	all := readOutcomes(t, file)
	if len(all) != len(commands) {
		t.Fatalf("%s has %d commands, not %d: record it again", file, len(all), len(commands))
	}
	for i, line := range commands {
		want, got := all[i], k.byKern(t, line)
		if want.line != line {
			t.Fatalf("%s has %q in place of %q: record it again", file, want.line, line)
		}
		compareOutcome(t, want, got)
	}
}

func compareOutcome(t *testing.T, want, got outcome) {
	t.Helper()
	if !slices.Equal(want.sent, got.sent) {
		t.Errorf("%s asks for %q, want %q", want.line, got.sent, want.sent)
	}
	got.Out, got.Err = withoutGrammar(got.Out), withoutGrammar(got.Err)
	if slices.Contains(strings.Fields(want.line), "-j") {
		a, _ := DecodeJSON(t, orEmpty(want.Out), nil)
		b, _ := DecodeJSON(t, orEmpty(got.Out), nil)
		if !reflect.DeepEqual(a, b) {
			t.Errorf("%s: JSON differs at %s", want.line, FirstDifference("", a, b))
		}
		want.Out, got.Out = "", ""
	}
	if want.Err == "" && want.Code != 0 {
		got.Err = "" // it says nothing of what is wrong
	}
	if want.Result != got.Result {
		t.Errorf("%s:\niproute2 %v\nkern %v", want.line, want.Result, got.Result)
	}
}

// withoutGrammar cuts text where a grammar begins: it is in each program's own words.
func withoutGrammar(text string) string {
	text, _, _ = strings.Cut(text, "Usage:")
	return text
}

// byKern runs a command by this program.
func (k *FakeKernel) byKern(t testing.TB, line string) outcome {
	t.Helper()
	got := outcome{line: line}
	var out, errOut bytes.Buffer
	s := cli.NewSession(under, nil, &out, &errOut)
	defer s.Close()
	fake := &nltest.Kernel{Answer: func(request []byte) []nltest.Datagram { return k.answer(request, &got.sent) }}
	for _, protocol := range []int{uapi.NETLINK_GENERIC, uapi.NETLINK_RDMA} {
		conn, err := wire.Dial(wire.Config{Dial: fake.Dial})
		if err != nil {
			t.Fatal(err)
		}
		s.UseFor(protocol, conn)
	}
	got.Code = s.Run(Words(t, line))
	got.Out, got.Err = out.String(), errOut.String()
	return got
}

// Kern runs a command by this program, and returns what it asked for too.
func (k *FakeKernel) Kern(t testing.TB, line string) (r Result, sent []string) {
	t.Helper()
	o := k.byKern(t, line)
	return o.Result, o.sent
}

// answer notes a request.
func (k *FakeKernel) answer(request []byte, sent *[]string) []nltest.Datagram {
	typ := native.Uint16(request[4:])
	if k.Unrecorded == nil || !k.Unrecorded(typ, request) {
		at := min(uapi.SizeofNlmsghdr+k.Header, len(request))
		text := fmt.Sprintf("%d %x", typ, request[uapi.SizeofNlmsghdr:at])
		var attrs []string // in whatever order they are
		d := wire.NewDecoder(request[at:])
		for d.Next() {
			attrs = append(attrs, fmt.Sprintf(" %d=%s", d.Type(), hex.EncodeToString(d.Data())))
		}
		slices.Sort(attrs)
		*sent = append(*sent, text+strings.Join(attrs, ""))
	}
	return k.Answer(request)
}

//go:embed testdata/fakekernel.c
var fakeKernelC []byte

// byPeer runs a command by iproute2's program.
func (k *FakeKernel) byPeer(t *testing.T, line string) outcome {
	t.Helper()
	dir := t.TempDir()
	source, library, path := filepath.Join(dir, "fake.c"), filepath.Join(dir, "fake.so"), filepath.Join(dir, "kernel")
	if err := os.WriteFile(source, fakeKernelC, 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("cc", "-O2", "-Wall", "-shared", "-fPIC", "-o", library,
		source).CombinedOutput(); err != nil {
		t.Fatalf("cc: %v, %s", err, out)
	}
	l, err := net.ListenUnix("unixpacket", &net.UnixAddr{Name: path, Net: "unixpacket"})
	if err != nil {
		t.Fatal(err)
	}
	got := outcome{line: line}
	var mu sync.Mutex
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			c, err := l.AcceptUnix()
			if err != nil {
				return
			}
			serving.Go(func() {
				defer c.Close()
				b := make([]byte, 1<<16)
				for {
					n, err := c.Read(b)
					if err != nil || n == 0 {
						return
					}
					mu.Lock()
					all := k.answer(bytes.Clone(b[:n]), &got.sent)
					mu.Unlock()
					for _, d := range all {
						if _, err := c.Write(d.Data); err != nil {
							return
						}
					}
				}
			})
		}
	})
	var out, errOut bytes.Buffer
	cmd := exec.Command(under.Name, Words(t, line)...)
	cmd.Env = append(os.Environ(), "LD_PRELOAD="+library, "FAKE_KERNEL="+path)
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err = cmd.Run()
	l.Close()
	serving.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	got.Result = Result{out.String(), errOut.String(), cmd.ProcessState.ExitCode()}
	return got
}

func (o outcome) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "$ %s\n", o.line)
	for _, s := range o.sent {
		fmt.Fprintf(&b, "sent %s\n", s)
	}
	fmt.Fprintf(&b, "status %d\n", o.Code)
	for line := range strings.Lines(withoutGrammar(o.Out)) {
		fmt.Fprintf(&b, "out %q\n", line)
	}
	for line := range strings.Lines(withoutGrammar(o.Err)) {
		fmt.Fprintf(&b, "err %q\n", line)
	}
	return b.String() + "\n"
}

func readOutcomes(t *testing.T, file string) (all []outcome) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		word, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if word == "$" {
			all = append(all, outcome{line: rest})
			continue
		}
		if len(all) == 0 || word == "" {
			continue
		}
		o := &all[len(all)-1]
		switch word {
		case "sent":
			o.sent = append(o.sent, rest)
		case "status":
			o.Code, err = strconv.Atoi(rest)
		case "out", "err":
			var s string
			if s, err = strconv.Unquote(rest); word == "out" {
				o.Out += s
			} else {
				o.Err += s
			}
		}
		if err != nil {
			t.Fatalf("%s: %q: %v", file, line, err)
		}
	}
	return all
}

// AnswerGenl makes a kernel with one family of generic netlink: the answers to its commands are payloads, which come
// with the family's header; no answer is the error ENODEV, and an empty one success.
func AnswerGenl(family string, answer func(cmd uint8, a desc.Attrs, dump bool) (payloads [][]byte,
	errno int32)) *FakeKernel {
	const id = 0x25
	return &FakeKernel{
		Header:     uapi.SizeofGenlmsghdr,
		Unrecorded: func(typ uint16, _ []byte) bool { return typ == uapi.GENL_ID_CTRL },
		Answer: func(request []byte) []nltest.Datagram {
			head := append([]byte(nil), request[uapi.SizeofNlmsghdr:uapi.SizeofNlmsghdr+uapi.SizeofGenlmsghdr]...)
			if native.Uint16(request[4:]) == uapi.GENL_ID_CTRL {
				var e wire.Encoder
				copy(e.Raw(len(head)), head)
				e.String(uapi.CTRL_ATTR_FAMILY_NAME, family)
				e.Uint16(uapi.CTRL_ATTR_FAMILY_ID, id)
				e.Uint32(uapi.CTRL_ATTR_MAXATTR, 64)
				return Answers(request, uapi.GENL_ID_CTRL, [][]byte{e.Bytes()}, 0)
			}
			dump := native.Uint16(request[6:])&uapi.NLM_F_DUMP == uapi.NLM_F_DUMP
			a := desc.ParseAttrs(request[uapi.SizeofNlmsghdr+uapi.SizeofGenlmsghdr:])
			payloads, errno := answer(head[0], a, dump)
			for i := range payloads {
				payloads[i] = slices.Concat(head, payloads[i])
			}
			return Answers(request, id, payloads, errno)
		},
	}
}

// Answers are the datagrams of an answer: the payloads, and how it ends.
func Answers(request []byte, typ uint16, payloads [][]byte, errno int32) (all []nltest.Datagram) {
	flags := native.Uint16(request[6:])
	dump := flags&uapi.NLM_F_DUMP == uapi.NLM_F_DUMP
	multi := uint16(0)
	if dump && errno == 0 {
		multi = uapi.NLM_F_MULTI
	}
	for _, b := range payloads {
		all = append(all, nltest.Datagram{Data: nltest.Message(request, typ, multi, b)})
	}
	switch {
	case dump && errno == 0:
		return append(all, nltest.Datagram{Data: nltest.Done(request, 0, 0)})
	case errno != 0 || flags&uapi.NLM_F_ACK != 0:
		return append(all, nltest.Datagram{Data: nltest.Ack(request, errno, nil)})
	}
	return all
}
