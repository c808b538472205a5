package capture

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Link is a link, or a port, of a kind: what ip sent to make it, what the kernel answered when it was asked, and what
// ip showed. Without a command, the bytes were put together by hand for what a kernel seldom sends.
type Link struct {
	Kind   string
	Port   bool // the attributes are those of a port of the kind
	Name   string
	Kernel string         // the release that was asked
	Cmd    string         // the command
	Links  map[int]string // names of links that the attributes refer to
	Sent   string         // hexadecimal: the payload of IFLA_INFO_DATA (IFLA_INFO_SLAVE_DATA) that ip sent
	Data   string         // that of the kernel
	Text   string         // what ip -d link show prints behind the kind
	JSON   map[string]any // info_data (info_slave_data) of ip -d -j link show
}

func (l *Link) String() string {
	if l.Port {
		return l.Kind + " port " + l.Name
	}
	return l.Kind + " " + l.Name
}

// Links reads the files KIND.txt in a directory, which internal/record writes.
func Links(t testing.TB, dir string) (all []Link) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		some, err := parseLinks(string(b))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all = append(all, some...)
	}
	return all
}

func parseLinks(text string) (links []Link, err error) {
	for _, s := range Sections(text) {
		if s.Key == "=" {
			l := Link{Links: map[int]string{}}
			l.Kind, l.Name, _ = strings.Cut(s.Value, " ")
			l.Name, l.Port = strings.CutPrefix(l.Name, "port ")
			links = append(links, l)
			continue
		}
		if len(links) == 0 {
			return nil, fmt.Errorf("%q stands before the first link", s.Key)
		}
		if err := links[len(links)-1].read(s); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", links[len(links)-1].String(), s.Key, err)
		}
	}
	return links, nil
}

func (l *Link) read(s Section) error {
	switch s.Key {
	case "kernel":
		l.Kernel = s.Value
	case "command":
		l.Cmd = s.Joined(" ")
	case "link":
		index, name, _ := strings.Cut(s.Value, " ")
		i, err := strconv.Atoi(index)
		l.Links[i] = name
		return err
	case "sent":
		l.Sent = s.Joined("\n")
	case "answer":
		l.Data = s.Joined("\n")
	case "text":
		return s.text(&l.Text)
	case "json":
		return json.Unmarshal([]byte(s.Joined("\n")), &l.JSON)
	default:
		return fmt.Errorf("no such word")
	}
	return nil
}

// FormatLinks writes captures of a kind as Links reads them, with the name of each attribute.
func FormatLinks(n *Names, links []Link) ([]byte, error) {
	var b bytes.Buffer
	for _, l := range links {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintln(&b, "=", l.String())
		if l.Kernel != "" {
			fmt.Fprintln(&b, "kernel", l.Kernel)
		}
		if l.Cmd != "" {
			writeWords(&b, "command "+l.Cmd)
		}
		for _, i := range slices.Sorted(maps.Keys(l.Links)) {
			fmt.Fprintln(&b, "link", i, l.Links[i])
		}
		for _, part := range []struct{ key, hex string }{{"sent", l.Sent}, {"answer", l.Data}} {
			text, err := n.Annotate(dataOf(l.Kind, l.Port), cmp.Or(l.portNode(n), n.kinds[l.Kind]), part.hex)
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", l.String(), part.key, err)
			}
			if text != "" {
				fmt.Fprintf(&b, "%s\n%s", part.key, text)
			}
		}
		if l.Text != "" {
			b.WriteString("text\n" + FormatText(l.Text))
		}
		if l.JSON != nil {
			text, err := json.MarshalIndent(l.JSON, "\t", "\t")
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(&b, "json\n\t%s\n", text)
		}
	}
	return b.Bytes(), nil
}

func (l *Link) portNode(n *Names) *node {
	if l.Port {
		return n.ports[l.Kind]
	}
	return nil
}
