package wire

import (
	"slices"
	"strings"
	"testing"
)

const index = `module vxlan kernel/drivers/net/vxlan/vxlan.ko udp_tunnel ip6_udp_tunnel
module udp_tunnel kernel/net/ipv4/udp_tunnel.ko
module ip6_udp_tunnel kernel/net/ipv6/ip6_udp_tunnel.ko udp_tunnel
module sctp kernel/net/sctp/sctp.ko not_there
alias rtnl-link-vxlan vxlan
alias net-pf-*-proto-132 sctp
alias many udp_tunnel
alias many sctp
builtin ipv6
node net/tun 10 200
`

func TestResolve(t *testing.T) {
	m, err := ReadModules(strings.NewReader(index))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		load string
		ok   bool
	}{
		{"vxlan", "udp_tunnel ip6_udp_tunnel vxlan", true},
		{"rtnl-link-vxlan", "udp_tunnel ip6_udp_tunnel vxlan", true},
		{"ip6-udp-tunnel", "udp_tunnel ip6_udp_tunnel", true},
		{"net-pf-10-proto-132", "sctp", true},
		{"many", "udp_tunnel sctp", true},
		{"ipv6", "", true},
		{"rtnl-link-none", "", false},
	} {
		load, ok := m.Resolve(test.name)
		var names []string
		for _, mod := range load {
			names = append(names, mod.Name)
		}
		if got := strings.Join(names, " "); got != test.load || ok != test.ok {
			t.Errorf("%s: %q, %v; want %q, %v", test.name, got, ok, test.load, test.ok)
		}
	}
}

func TestModuleCyclesEnd(t *testing.T) {
	m := &Modules{Modules: []Module{{"a", "a.ko", []string{"b"}}, {"b", "b.ko", []string{"a"}}}}
	if load, ok := m.Resolve("a"); len(load) == 0 || !ok {
		t.Errorf("%v, %v", load, ok)
	}
}

func TestIndexIsReadAsWritten(t *testing.T) {
	m, err := ReadModules(strings.NewReader(index))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := m.Write(&b); err != nil {
		t.Fatal(err)
	}
	if b.String() != index {
		t.Errorf("wrote\n%s", b.String())
	}
	if !slices.Equal(m.BuiltIn, []string{"ipv6"}) {
		t.Errorf("built in: %q", m.BuiltIn)
	}
	for _, bad := range []string{"module x\n", "alias x\n", "other x y\n", "node tun 10 x\n"} {
		if _, err := ReadModules(strings.NewReader(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}
