package ip

import (
	"bytes"
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/capture"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nltest"
	"kern.sys/netlink/wire"
)

// shownLink is a message (struct ifinfomsg and attributes, little endian) that needs hardware or events which tests
// cannot have, laid out as linux/if_link.h says, and what ip of iproute2 6.1 printed when it got the message in place
// of the kernel's answer.
type shownLink struct {
	Name string
	Type uint16
	Data string
	Show []struct{ Args, Want string }
}

// shownLinks reads testdata/links.txt.
func shownLinks(t testing.TB) (links []shownLink) {
	b, err := os.ReadFile("testdata/links.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range capture.Sections(string(b)) {
		if s.Key == "=" {
			links = append(links, shownLink{Name: s.Value})
			continue
		}
		l := &links[len(links)-1]
		switch s.Key {
		case "type":
			typ, err := strconv.ParseUint(s.Value, 10, 16)
			if err != nil {
				t.Fatal(err)
			}
			l.Type = uint16(typ)
		case "message":
			l.Data = s.Joined("\n")
		case "show":
			l.Show = append(l.Show, struct{ Args, Want string }{s.Value, printed(t, s) + "\n"})
		default:
			t.Fatalf("testdata/links.txt: %q", s.Key)
		}
	}
	return links
}

// printed is what ip printed: JSON stands there with a line for each value.
func printed(t testing.TB, s capture.Section) string {
	if len(s.Lines) > 0 && strings.HasPrefix(s.Lines[0], "[") {
		var b bytes.Buffer
		if err := json.Compact(&b, []byte(strings.Join(s.Lines, "\n"))); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	text, err := s.Text()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestLinkMessagesAreShownAsByIP(t *testing.T) {
	for _, l := range shownLinks(t) {
		data := capture.Message(t, l.Type, l.Data)
		for _, show := range l.Show {
			t.Run(l.Name+"/"+show.Args, func(t *testing.T) {
				if got := showMessage(t, l.Type, data, strings.Fields(show.Args)); got != show.Want {
					t.Errorf("got\n%s\nwant\n%s", got, show.Want)
				}
			})
		}
	}
}

// showMessage runs a command against a kernel that has one link.
func showMessage(t *testing.T, typ uint16, data []byte, args []string) string {
	t.Helper()
	kernel := &nltest.Kernel{Answer: func(request []byte) []nltest.Datagram {
		switch native.Uint16(request[4:]) {
		case uapi.RTM_GETLINK:
			if native.Uint16(request[6:])&uapi.NLM_F_DUMP == uapi.NLM_F_DUMP {
				break
			}
			return []nltest.Datagram{{Data: nltest.Ack(request, 19, nil)}} // ENODEV
		case uapi.RTM_GETADDR:
			return []nltest.Datagram{{Data: nltest.Done(request, 0, 0)}}
		default:
			return []nltest.Datagram{{Data: nltest.Ack(request, 95, nil)}} // EOPNOTSUPP
		}
		answer := nltest.Message(request, typ, uapi.NLM_F_MULTI, data)
		return []nltest.Datagram{{Data: append(answer, nltest.Done(request, 0, 0)...)}}
	}}
	var out, errOut bytes.Buffer
	s := cli.NewSession(ipProgram, nil, &out, &errOut)
	defer s.Close()
	words, err := s.Options.Parse(args)
	if err != nil {
		t.Fatal(err)
	}
	s.Configure()
	conn, err := wire.Dial(wire.Config{Dial: kernel.Dial})
	if err != nil {
		t.Fatal(err)
	}
	s.Use(conn)
	if code := s.Report(s.Do(words)); code != 0 || errOut.Len() != 0 {
		t.Fatalf("status %d: %s", code, errOut.String())
	}
	return out.String()
}
