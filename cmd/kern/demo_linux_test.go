package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/netns"
	"kern.sys/unix"
)

// needVeth skips where the kernel has no veth links.
func needVeth(t *testing.T) {
	t.Helper()
	nstest.Do(t, func() {
		err := netlink.LinkAdd(netlink.NewVeth(netlink.LinkAttrs{Name: "probe"}))
		if errors.Is(err, unix.EOPNOTSUPP) {
			nstest.Need(t, "veth links", "", err)
		}
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestDemo(t *testing.T) {
	needVeth(t)
	var out, errs strings.Builder
	if code := run([]string{"kern", "demo"}, nil, &out, &errs); code != 0 || errs.Len() != 0 {
		t.Fatalf("status %d, %s", code, errs.String())
	}
	for _, want := range []string{
		"on both sides", "left$ kern route\ndefault via 192.0.2.1 dev eth0",
		"right$ kern neighbour\n198.51.100.1 dev eth0 lladdr",
		"╭─ left ", "╭─ router ", "╭─ right ", "├──╮", "├──╯",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
}

// canceller ends a context when something it waits for is written.
type canceller struct {
	strings.Builder
	at     string
	cancel context.CancelFunc
}

func (c *canceller) Write(b []byte) (int, error) {
	n, err := c.Builder.Write(b)
	if strings.Contains(c.String(), c.at) {
		c.cancel()
	}
	return n, err
}

// Wherever the tour is interrupted, it ends with the status of an interrupt;
// TestMain sees that no descriptor or thread is left.
func TestDemoInterrupted(t *testing.T) {
	needVeth(t)
	for _, at := range []string{"1. ", "2. ", "3. ", "4. "} {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		out := &canceller{at: at, cancel: cancel}
		var errs strings.Builder
		s := cli.NewSession(programs[0], nil, out, &errs)
		s.Ctx = ctx
		code := s.Report(s.Do([]string{"demo"}))
		s.Close()
		if code != 130 || !strings.Contains(errs.String(), "interrupted") ||
			strings.Contains(out.String(), "hangs together") {
			t.Errorf("at step %q: status %d, %s\n%s", at, code, errs.String(), out.String())
		}
	}
}

func TestDemoAndTopoRefuseWords(t *testing.T) {
	for _, c := range []struct {
		words []string
		code  int
		want  string
	}{
		{[]string{"demo", "now"}, cli.StatusUsage, `"now" is garbage: "demo" takes no more words`},
		{[]string{"demo", "help"}, cli.StatusUsage, "Usage: kern demo"},
		{[]string{"topo", "no-such"}, cli.StatusFailed, `no namespace that can be seen here is called "no-such"`},
		{[]string{"topo", "svg", "no-such"}, cli.StatusFailed, `"no-such"`},
		{[]string{"topo", "help"}, cli.StatusUsage, "Usage: kern [-details] topo ["},
	} {
		var out, errs strings.Builder
		if code := run(slices.Concat([]string{"kern"}, c.words), nil, &out, &errs); code != c.code ||
			!strings.Contains(errs.String(), c.want) || out.Len() != 0 {
			t.Errorf("%v: status %d, %q, %q", c.words, code, out.String(), errs.String())
		}
	}
}

// end is one end of a wire in the JSON of topo.
type end struct{ Namespace, Ifname string }

// A veth pair between two named namespaces, a bridge with a port, and a macvlan
// over a link that is elsewhere.
func TestTopo(t *testing.T) {
	needVeth(t)
	nstest.Private(t)
	for _, name := range []string{"topo-a", "topo-b"} {
		err := inNewThread(func() error {
			ns, err := netns.NewNamed(name)
			if err == nil {
				err = ns.Close()
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := netns.DeleteNamed(name); err != nil {
				t.Error(err)
			}
		}()
	}
	for _, words := range []string{
		"-n topo-a link add br0 type bridge", "-n topo-a link add pa type veth peer name pb netns topo-b",
		"-n topo-a link set pa master br0", "-n topo-a addr add 192.0.2.1/24 dev br0", "-n topo-a link set br0 up",
	} {
		var out, errs strings.Builder
		if code := run(append([]string{"kern"}, strings.Fields(words)...), nil, &out, &errs); code != 0 {
			t.Fatalf("%s: status %d, %s", words, code, errs.String())
		}
	}
	var out, errs strings.Builder
	if code := run([]string{"kern", "-j", "topo"}, nil, &out, &errs); code != 0 {
		t.Fatalf("status %d, %s", code, errs.String())
	}
	var got struct {
		Namespaces []struct {
			Name  string
			Links []struct {
				Ifname, Kind    string
				Up              bool
				Addresses       []string
				Ifindex, Master int
			}
		}
		Wires []struct {
			Kind string
			A, B end
		}
	}
	if err := json.Unmarshal([]byte(out.String()), &got); err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, ns := range got.Namespaces {
		index := map[int]string{}
		for _, l := range ns.Links {
			index[l.Ifindex] = l.Ifname
			found[ns.Name+" "+l.Ifname] = fmt.Sprint(l.Kind, l.Up, l.Addresses, index[l.Master])
		}
	}
	if found["topo-a br0"] != "bridgetrue [192.0.2.1/24]" || found["topo-a pa"] != "vethfalse []br0" {
		t.Errorf("%v", found)
	}
	wire := false
	for _, w := range got.Wires {
		ends := []end{w.A, w.B}
		slices.SortFunc(ends, func(a, b end) int { return strings.Compare(a.Namespace, b.Namespace) })
		wire = wire || w.Kind == "veth" && reflect.DeepEqual(ends, []end{{"topo-a", "pa"}, {"topo-b", "pb"}})
	}
	if !wire {
		t.Errorf("the veth pair is not drawn: %v", got.Wires)
	}
	for _, form := range []string{"text", "dot", "svg"} {
		out.Reset()
		if code := run([]string{"kern", "topo", form}, nil, &out, &errs); code != 0 ||
			!strings.Contains(out.String(), "topo-b") {
			t.Errorf("topo %s: status %d\n%s", form, code, out.String())
		}
	}
	if _, err := os.Stat("/run/netns/topo-a"); err != nil {
		t.Error(err)
	}
}

// inNewThread runs fn, which changes its thread's namespace, where that does
// no harm.
func inNewThread(fn func() error) error {
	origin, err := netns.Get()
	if err != nil {
		return err
	}
	defer origin.Close()
	return netns.Do(origin, fn)
}
