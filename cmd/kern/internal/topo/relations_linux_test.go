package topo

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/netns"
	"kern.sys/unix"
)

// relations are how links of each kind depend on others: commands of ip that make
// some beside v0 and v1, a veth pair, and what is to be drawn: "a below b" in the tree
// of a namespace, "a KIND b" for a wire.
var relations = []struct{ kind, commands, want string }{
	{"veth", "", "v0 veth v1"},
	{"bridge", "link add m0 type bridge; link set v0 master m0", "v0 below m0"},
	{"bond", "link add m0 type bond; link set v0 master m0", "v0 below m0"},
	{"team", "link add m0 type team; link set v0 master m0", "v0 below m0"},
	{"vrf", "link add m0 type vrf table 10; link set v0 master m0", "v0 below m0"},
	{"vlan", "link add u0 link v0 type vlan id 5", "u0 below v0"},
	{"macvlan", "link add u0 link v0 type macvlan", "u0 below v0"},
	{"macvtap", "link add u0 link v0 type macvtap", "u0 below v0"},
	{"ipvlan", "link add u0 link v0 type ipvlan", "u0 below v0"},
	{"ipvtap", "link add u0 link v0 type ipvtap", "u0 below v0"},
	{"macsec", "link add u0 link v0 type macsec", "u0 below v0"},
	{"vxlan", "link add u0 type vxlan id 5 group 239.1.1.1 dev v0 dstport 4789", "u0 below v0"},
	{"gre", "link add u0 type gre remote 192.0.2.1 local 192.0.2.2 dev v0", "u0 below v0"},
	{"ipip", "link add u0 type ipip remote 192.0.2.1 local 192.0.2.2 dev v0", "u0 below v0"},
	{"sit", "link add u0 type sit remote 192.0.2.1 local 192.0.2.2 dev v0", "u0 below v0"},
	{"vti", "link add u0 type vti remote 192.0.2.1 local 192.0.2.2 dev v0", "u0 below v0"},
	{"ip6tnl", "link add u0 type ip6tnl remote 2001:db8::1 local 2001:db8::2 dev v0", "u0 below v0"},
	{"xfrm", "link add u0 type xfrm dev v0 if_id 5", "u0 below v0"},
	{"netkit", "netkit u0 u1", "u0 netkit u1"},
	{"vxcan", "link add u0 type vxcan peer name u1", "u0 vxcan u1"},
	// A bridge's port that has a link below it: the tree has the one, the name the other.
	{
		"vlan", "link add u0 link v0 type vlan id 5; link add m0 type bridge; link set u0 master m0",
		"u0 below m0, named u0@v0",
	},
}

func TestRelationsOfEachKindAreDrawn(t *testing.T) {
	for _, r := range relations {
		t.Run(r.kind, func(t *testing.T) {
			ns := nstest.New(t)
			commands := "link add v0 type veth peer name v1; " + r.commands
			run(t, ns, r.kind, commands)
			m := Collect([]Source{{"here", ns}})
			drawn := strings.Join(m.relations(), "\n")
			for want := range strings.SplitSeq(r.want, ", ") {
				if name, ok := strings.CutPrefix(want, "named "); ok {
					if b := new(strings.Builder); m.Text(b) != nil || !strings.Contains(b.String(), name) {
						t.Errorf("%s: %s is not in\n%s", commands, name, b)
					}
				} else if !strings.Contains(drawn+"\n", want+"\n") {
					t.Errorf("%s: %q is not in\n%s", commands, want, drawn)
				}
			}
		})
	}
}

// Across namespaces, what is below or at the other end is a wire.
func TestRelationsAcrossNamespaces(t *testing.T) {
	for _, r := range []struct{ kind, commands, moved, want string }{
		{"veth", "", "v1", "v0 veth v1"},
		{"macvlan", "link add u0 link v0 type macvlan", "u0", "u0 parent v0"},
		{"ipvlan", "link add u0 link v0 type ipvlan", "u0", "u0 parent v0"},
		{"vlan", "link add u0 link v0 type vlan id 5", "u0", "u0 parent v0"},
		{"vxlan", "link add u0 type vxlan id 5 group 239.1.1.1 dev v0 dstport 4789", "u0", "u0 parent v0"},
		{"gre", "link add u0 type gre remote 192.0.2.1 local 192.0.2.2 dev v0", "u0", "u0 parent v0"},
		{"netkit", "netkit u0 u1", "u1", "u0 netkit u1"},
	} {
		t.Run(r.kind, func(t *testing.T) {
			here, there := nstest.New(t), nstest.New(t)
			run(t, here, r.kind, "link add v0 type veth peer name v1; "+r.commands)
			move(t, here, there, r.moved)
			m := Collect([]Source{{"here", here}, {"there", there}})
			if drawn := strings.Join(m.relations(), "\n"); !strings.Contains(drawn+"\n", r.want+"\n") {
				t.Errorf("%q is not in\n%s", r.want, drawn)
			}
			// Of a part, the other end has a name beside the link.
			part, err := m.Part([]string{"there"})
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			if err := part.Text(&b); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(b.String(), " here:") {
				t.Errorf("no end is named in\n%s", b.String())
			}
		})
	}
}

// relations are what a map shows: the trees and the wires.
func (m *Map) relations() []string {
	var out []string
	for _, ns := range m.Namespaces {
		for _, r := range ns.rows() {
			l := ns.Links[r.link]
			if at := ns.find(l.above()); r.depth > 0 && at >= 0 {
				out = append(out, l.Name+" below "+ns.Links[at].Name)
			}
		}
	}
	for _, w := range m.Wires {
		a, b, back := m.link(w.A).Name, m.link(w.B).Name, strings.Replace(w.Kind, "parent", "carries", 1)
		out = append(out, a+" "+w.Kind+" "+b, b+" "+back+" "+a)
	}
	return out
}

// run runs commands of ip in a namespace.
func run(t *testing.T, ns netns.NsHandle, kind, commands string) {
	t.Helper()
	path, err := exec.LookPath("ip")
	nstest.Program(t, "ip", "iproute2", err)
	err = netns.Do(ns, func() error {
		for command := range strings.SplitSeq(commands, ";") {
			words := strings.Fields(command)
			if len(words) == 0 {
				continue
			}
			if words[0] == "netkit" { // which older releases of ip do not know
				pair := &netlink.Netkit{LinkAttrs: netlink.LinkAttrs{Name: words[1]}}
				pair.SetPeerAttrs(&netlink.LinkAttrs{Name: words[2]})
				if err := netlink.LinkAdd(pair); err != nil {
					return err
				}
				continue
			}
			out, err := exec.Command(path, words...).CombinedOutput()
			switch {
			case err == nil:
			case bytes.Contains(out, []byte("Unknown device type")), bytes.Contains(out, []byte("not supported")):
				return fmt.Errorf("%q: %s: %w", command, bytes.TrimSpace(out), unix.EOPNOTSUPP)
			default:
				return fmt.Errorf("%q: %s: %w", command, bytes.TrimSpace(out), err)
			}
		}
		return nil
	})
	if errors.Is(err, unix.EOPNOTSUPP) {
		minKernel := ""
		if kind == "netkit" {
			minKernel = "6.7"
		}
		nstest.Need(t, kind+" links", minKernel, err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// move moves a link from a namespace into another.
func move(t *testing.T, from, to netns.NsHandle, name string) {
	t.Helper()
	h, err := netlink.NewHandleAt(from)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	l, err := h.LinkByName(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.LinkSetNsFd(l, int(to)); err != nil {
		t.Fatal(err)
	}
}

func TestTrafficControlIsDrawnOnDemand(t *testing.T) {
	if _, err := exec.LookPath("tc"); err != nil {
		t.Skip("iproute2 is not installed: ", err)
	}
	ns := nstest.New(t)
	if err := netns.Do(ns, func() error {
		for _, cmd := range []string{"ip link add v0 type veth peer name v1", "tc qdisc add dev v0 root handle 1: htb",
			"tc qdisc add dev v0 ingress_block 7 clsact", "tc filter add block 7 protocol ip pref 3 u32 match u32 0 0 " +
				"action mirred egress redirect dev v1",
			"tc filter add dev v0 egress chain 5 protocol all pref 4 u32 match u32 0 0 flowid 1:2"} {
			words := strings.Fields(cmd)
			if out, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil {
				return fmt.Errorf("%s: %w: %s", cmd, err, out)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	sources := []Source{{"here", ns}}
	want := []string{"qdisc htb 1:", "qdisc clsact ffff:", "block 7 pref 3 ip u32 → mirred egress redir v1",
		"filter egress chain 5 pref 4 all u32 → class 1:2"}
	for _, asked := range []bool{false, true} {
		m := Collect(sources)
		if asked {
			m.AddTraffic(sources)
		}
		for name, draw := range map[string]func(*strings.Builder) error{
			"text": func(b *strings.Builder) error { return m.Text(b) },
			"dot":  func(b *strings.Builder) error { return m.DOT(b) },
			"svg":  func(b *strings.Builder) error { return m.SVG(b) },
			"json": func(b *strings.Builder) error { return m.JSON(b, false) },
		} {
			var b strings.Builder
			if err := draw(&b); err != nil {
				t.Fatal(err)
			}
			for _, w := range want {
				if strings.Contains(b.String(), w) != asked {
					t.Errorf("%s has %q: %t\n%s", name, w, !asked, &b)
				}
			}
		}
	}
}
