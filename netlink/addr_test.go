package netlink

import (
	"errors"
	"net"
	"testing"
)

func TestParseAddr(t *testing.T) {
	for _, c := range []struct{ in, ip, label, out string }{
		{"192.0.2.7/24", "192.0.2.7", "", "192.0.2.7/24"},
		{"192.0.2.7/24 eth0:web", "192.0.2.7", "eth0:web", "192.0.2.7/24 eth0:web"},
		{" 192.0.2.7/32  eth0 ", "192.0.2.7", "eth0", "192.0.2.7/32 eth0"},
		{"2001:db8::7/64", "2001:db8::7", "", "2001:db8::7/64"},
		{"169.254.169.254/32", "169.254.169.254", "", "169.254.169.254/32"},
	} {
		a, err := ParseAddr(c.in)
		if err != nil {
			t.Errorf("%q: %v", c.in, err)
			continue
		}
		if !a.IP.Equal(net.ParseIP(c.ip)) || a.Label != c.label || a.String() != c.out {
			t.Errorf("%q: got %+v, %q", c.in, a, a)
		}
	}
	for _, in := range []string{"", " ", "192.0.2.7", "192.0.2.7/33", "192.0.2/24", "2001:db8::7/129", "eth0",
		"192.0.2.7/24 eth0 eth1", "192.0.2.7 /24"} {
		if a, err := ParseAddr(in); err == nil {
			t.Errorf("%q: got %+v, want an error", in, a)
		}
	}
	var parse *net.ParseError
	if _, err := ParseAddr("192.0.2.7"); !errors.As(err, &parse) {
		t.Errorf("error %v is no net.ParseError", err)
	}
}

func TestParseIPNetKeepsTheHost(t *testing.T) {
	n, err := ParseIPNet("192.0.2.7/24")
	if err != nil || n.String() != "192.0.2.7/24" {
		t.Errorf("got %v, %v", n, err)
	}
	if n, err := ParseIPNet("nonsense"); err == nil || n != nil {
		t.Errorf("got %v, %v", n, err)
	}
}

func TestNewIPNet(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.7":   "192.0.2.7/32",
		"2001:db8::7": "2001:db8::7/128",
	} {
		if n := NewIPNet(net.ParseIP(in)); n.String() != want {
			t.Errorf("%s: got %v", in, n)
		}
	}
	if n := NewIPNet(net.IP{192, 0, 2, 7}); n.String() != "192.0.2.7/32" {
		t.Errorf("got %v", n)
	}
}

func TestAddrEqual(t *testing.T) {
	a := func(local, peer string) Addr {
		var a Addr
		if local != "" {
			a.IPNet = ipNet(t, local)
		}
		if peer != "" {
			a.Peer = ipNet(t, peer)
		}
		return a
	}
	long := a("10.0.0.1/24", "10.0.0.2/24")
	long.IP, long.Peer.IP, long.Label = long.IP.To16(), long.Peer.IP.To16(), "eth0"
	for _, c := range []struct {
		name        string
		a, b        Addr
		equal, peer bool
	}{
		{"same", a("10.0.0.1/24", ""), a("10.0.0.1/24", ""), true, true},
		{"in other bytes, with label", a("10.0.0.1/24", "10.0.0.2/24"), long, true, true},
		{"other prefix", a("10.0.0.1/24", ""), a("10.0.0.1/25", ""), false, true},
		{"other address", a("10.0.0.1/24", ""), a("10.0.0.2/24", ""), false, true},
		{"other peer", a("10.0.0.1/24", "10.0.0.2/24"), a("10.0.0.1/24", "10.0.0.3/24"), true, false},
		{"peer and none", a("10.0.0.1/24", "10.0.0.2/24"), a("10.0.0.1/24", ""), true, false},
		{"nothing", Addr{}, Addr{}, true, true},
		{"nothing and something", Addr{}, a("10.0.0.1/24", ""), false, true},
	} {
		if c.a.Equal(c.b) != c.equal || c.b.Equal(c.a) != c.equal {
			t.Errorf("%s: Equal is not %v", c.name, c.equal)
		}
		if c.a.PeerEqual(c.b) != c.peer || c.b.PeerEqual(c.a) != c.peer {
			t.Errorf("%s: PeerEqual is not %v", c.name, c.peer)
		}
	}
}

func TestByteSlabMask(t *testing.T) {
	var s byteSlab
	for _, bits := range []int{32, 128} {
		for ones := 0; ones <= bits; ones++ {
			if m := s.mask(ones, bits/8); m.String() != net.CIDRMask(ones, bits).String() {
				t.Errorf("/%d of %d: %v", ones, bits, m)
			}
		}
	}
}
