package netlink_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/unix"
)

func parseAddr(t *testing.T, s string) *netlink.Addr {
	t.Helper()
	a, err := netlink.ParseAddr(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// addrStates are addresses as ip address add makes them and as AddrAdd does.
var addrStates = []struct {
	ip    string
	local string
	peer  string
	addr  netlink.Addr
}{
	{ip: "10.1.2.3/24 broadcast +", local: "10.1.2.3/24"},
	{ip: "10.1.2.3/30 broadcast +", local: "10.1.2.3/30"},
	{ip: "10.1.2.3/31", local: "10.1.2.3/31"},
	{ip: "10.1.2.3/32", local: "10.1.2.3/32"},
	{ip: "10.1.2.3/24", local: "10.1.2.3/24", addr: netlink.Addr{Broadcast: net.IPv4zero}},
	{ip: "10.1.2.3/24 broadcast 10.1.2.0 label lo:web", local: "10.1.2.3/24 lo:web",
		addr: netlink.Addr{Broadcast: net.IP{10, 1, 2, 0}}},
	{ip: "10.1.2.3 peer 10.9.8.7/32", local: "10.1.2.3/32", peer: "10.9.8.7/32"},
	{ip: "10.1.2.3 peer 10.9.8.7/16 broadcast 10.1.255.255", local: "10.1.2.3/32", peer: "10.9.8.7/16"},
	{
		ip: "10.1.2.3/32 scope link metric 77 noprefixroute", local: "10.1.2.3/32",
		addr: netlink.Addr{Scope: int(netlink.SCOPE_LINK), Metric: 77, Flags: uapi.IFA_F_NOPREFIXROUTE},
	},
	{
		ip: "10.1.2.3/32 valid_lft 36000 preferred_lft 18000", local: "10.1.2.3/32",
		addr: netlink.Addr{ValidLft: 36000, PreferedLft: 18000},
	},
	{
		ip: "10.1.2.3/32 valid_lft forever preferred_lft 0", local: "10.1.2.3/32",
		addr: netlink.Addr{ValidLft: -1},
	},
	{ip: "2001:db8::7/64", local: "2001:db8::7/64"},
	{ip: "2001:db8::7/128 nodad", local: "2001:db8::7/128", addr: netlink.Addr{Flags: uapi.IFA_F_NODAD}},
	{ip: "2001:db8::7 peer 2001:db8:1::/48", local: "2001:db8::7/128", peer: "2001:db8:1::/48"},
	{
		ip: "2001:db8::7/64 valid_lft forever preferred_lft 0 home noprefixroute", local: "2001:db8::7/64",
		addr: netlink.Addr{ValidLft: -1, Flags: uapi.IFA_F_NOPREFIXROUTE | uapi.IFA_F_HOMEADDRESS},
	},
}

func TestAddrAddMakesWhatIPMakes(t *testing.T) {
	for _, c := range addrStates {
		t.Run(c.ip, func(t *testing.T) {
			show := func(add func(lo netlink.Link)) (all []map[string]any) {
				nstest.Do(t, func() {
					add(setUp(t, "lo"))
					all = toolJSON(t, "ip", "-j", "-d", "address", "show", "dev", "lo")
				})
				for _, a := range all[0]["addr_info"].([]any) {
					settle(a.(map[string]any))
				}
				return all
			}
			want := show(func(netlink.Link) {
				tool(t, "ip", append(strings.Fields("address add dev lo"), strings.Fields(c.ip)...)...)
			})
			addr := c.addr
			parsed := parseAddr(t, c.local)
			addr.IPNet, addr.Label = parsed.IPNet, parsed.Label
			if c.peer != "" {
				addr.Peer = parseAddr(t, c.peer).IPNet
			}
			before := addr
			got := show(func(lo netlink.Link) {
				if err := netlink.AddrAdd(lo, &addr); err != nil {
					t.Fatal(err)
				}
			})
			if !reflect.DeepEqual(got, want) {
				t.Errorf("\n got %v\nwant %v", got, want)
			}
			if !reflect.DeepEqual(addr, before) {
				t.Errorf("AddrAdd changed the caller's value to %+v", addr)
			}
		})
	}
}

// settle takes out of what ip shows of an address what changes by itself.
func settle(a map[string]any) {
	delete(a, "tentative")
	for _, name := range []string{"valid_life_time", "preferred_life_time"} {
		a[name] = roughly(int(int64(a[name].(float64))))
	}
}

// roughly is a number of seconds that two looks at a lifetime have in common.
func roughly(seconds int) int { return (seconds + 99) / 100 }

// shown is what ip -j address show says of an address.
type shown struct {
	link, prefix                    int
	family, local, peer, brd, label string
	scope                           string
	valid, preferred                int
	metric                          int
}

func shownByIP(t *testing.T) (all []shown) {
	text := func(v any) string {
		s, _ := v.(string)
		return s
	}
	number := func(v any) int {
		f, _ := v.(float64)
		return int(int64(f))
	}
	for _, link := range toolJSON(t, "ip", "-j", "address", "show") {
		for _, v := range link["addr_info"].([]any) {
			a := v.(map[string]any)
			all = append(all, shown{
				number(link["ifindex"]), number(a["prefixlen"]), text(a["family"]), text(a["local"]), text(a["address"]),
				text(a["broadcast"]), text(a["label"]), text(a["scope"]),
				roughly(number(a["valid_life_time"])), roughly(number(a["preferred_life_time"])), number(a["metric"]),
			})
		}
	}
	return all
}

func show(a netlink.Addr) shown {
	s := shown{
		link: a.LinkIndex, family: "inet", local: a.IP.String(), label: a.Label,
		scope: netlink.Scope(a.Scope).String(), valid: roughly(a.ValidLft), preferred: roughly(a.PreferedLft),
		metric: a.Metric,
	}
	s.prefix, _ = a.Mask.Size()
	if a.IP.To4() == nil {
		s.family = "inet6"
	}
	if s.scope == "universe" {
		s.scope = "global"
	}
	if a.Peer != nil {
		s.peer = a.Peer.IP.String()
		s.prefix, _ = a.Peer.Mask.Size()
	}
	if a.Broadcast != nil {
		s.brd = a.Broadcast.String()
	}
	return s
}

// addManyAddrs gives the links lo, v0 and v1 addresses of all sorts. The cable
// stays down, so that the kernel adds none.
func addManyAddrs(t *testing.T) {
	t.Helper()
	setUp(t, "lo")
	addVeth(t)
	for i, c := range addrStates {
		for _, dev := range []string{"lo", "v0", "v1"} {
			words := strings.Fields(strings.NewReplacer("10.1.2.", fmt.Sprintf("10.%d.2.", i), "2001:db8:",
				fmt.Sprintf("2001:db8:%d:", i), "lo:", dev+":").Replace(c.ip))
			tool(t, "ip", append([]string{"address", "add", "dev", dev}, words...)...)
		}
	}
}

func TestAddrListIsWhatIPShows(t *testing.T) {
	nstest.Do(t, func() {
		addManyAddrs(t)
		addrs, err := netlink.AddrList(nil, netlink.FAMILY_ALL)
		if err != nil {
			t.Fatal(err)
		}
		var got []shown
		for _, a := range addrs {
			got = append(got, show(a))
		}
		want := shownByIP(t)
		order := func(a, b shown) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) }
		slices.SortFunc(got, order)
		slices.SortFunc(want, order)
		if !slices.Equal(got, want) {
			t.Errorf("\n got %+v\nwant %+v", got, want)
		}
		if len(want) < 3*len(addrStates) {
			t.Errorf("only %d addresses are there", len(want))
		}
	})
}

func TestAddrListChooses(t *testing.T) {
	nstest.Do(t, func() {
		addManyAddrs(t)
		strict, err := netlink.NewHandle(uapi.NETLINK_ROUTE)
		if err != nil {
			t.Fatal(err)
		}
		defer strict.Close()
		// Such a handle is as on a kernel that does not filter.
		lenient, err := netlink.NewHandle(uapi.NETLINK_ROUTE)
		if err != nil {
			t.Fatal(err)
		}
		defer lenient.Close()
		if err := lenient.SetStrictCheck(false); err != nil {
			t.Fatal(err)
		}
		all, err := strict.AddrList(nil, netlink.FAMILY_ALL)
		if err != nil {
			t.Fatal(err)
		}
		v0, err := netlink.LinkByName("v0")
		if err != nil {
			t.Fatal(err)
		}
		byName := &netlink.Device{LinkAttrs: netlink.LinkAttrs{Name: "v0"}}
		for _, link := range []netlink.Link{nil, v0, byName} {
			for _, family := range []int{netlink.FAMILY_ALL, netlink.FAMILY_V4, netlink.FAMILY_V6} {
				var want []netlink.Addr
				for _, a := range all {
					if is4 := a.IP.To4() != nil; (link == nil || a.LinkIndex == v0.Attrs().Index) &&
						(family == netlink.FAMILY_ALL || is4 == (family == netlink.FAMILY_V4)) {
						want = append(want, a)
					}
				}
				for name, h := range map[string]*netlink.Handle{"strict": strict, "lenient": lenient} {
					got, err := h.AddrList(link, family)
					if err != nil || !slices.EqualFunc(got, want, sameAddr) {
						t.Errorf("%s: link %v, family %d:\n got %v, %v\nwant %v", name, link, family, got, err, want)
					}
					got, err = collect(h.AddrSeq(link, family))
					if err != nil || !slices.EqualFunc(got, want, sameAddr) {
						t.Errorf("%s stream: link %v, family %d:\n got %v, %v\nwant %v", name, link, family, got, err, want)
					}
				}
				if len(want) == 0 {
					t.Errorf("link %v, family %d: nothing to compare", link, family)
				}
			}
		}
		for range strict.AddrSeq(nil, netlink.FAMILY_ALL) {
			break // and the handle works on
		}
		if again, err := strict.AddrList(nil, netlink.FAMILY_ALL); err != nil || len(again) != len(all) {
			t.Errorf("after a stream was left: %d addresses, %v; want %d", len(again), err, len(all))
		}
	})
}

// sameAddr compares what does not change as time goes by.
func sameAddr(a, b netlink.Addr) bool {
	a.ValidLft, a.PreferedLft, b.ValidLft, b.PreferedLft = 0, 0, 0, 0
	a.Flags &^= uapi.IFA_F_TENTATIVE
	b.Flags &^= uapi.IFA_F_TENTATIVE
	return reflect.DeepEqual(a, b)
}

func TestAddrReplaceAndDel(t *testing.T) {
	nstest.Do(t, func() {
		lo := setUp(t, "lo")
		only := func() netlink.Addr {
			t.Helper()
			all, err := netlink.AddrList(lo, netlink.FAMILY_V4)
			if err != nil || len(all) != 2 {
				t.Fatalf("got %v, %v; want 127.0.0.1 and one more", all, err)
			}
			return all[1]
		}
		addr := parseAddr(t, "10.0.0.1/24")
		if err := netlink.AddrReplace(lo, addr); err != nil {
			t.Fatal(err)
		}
		if a := only(); !a.Equal(*addr) || uint32(a.ValidLft) != math.MaxUint32 || a.Flags&uapi.IFA_F_PERMANENT == 0 {
			t.Errorf("replace made %+v", a)
		}
		addr.ValidLft, addr.PreferedLft = 5000, 3000
		if err := netlink.AddrReplace(lo, addr); err != nil {
			t.Fatal(err)
		}
		if a := only(); a.ValidLft < 4000 || a.ValidLft > 5000 || a.PreferedLft < 2000 || a.PreferedLft > 3000 {
			t.Errorf("replace changed it to %+v", a)
		}
		listed := only()
		listed.PreferedLft, listed.ValidLft = -1, -1
		if err := netlink.AddrReplace(nil, &listed); err != nil { // on its LinkIndex
			t.Fatal(err)
		}
		if a := only(); uint32(a.ValidLft) != math.MaxUint32 || uint32(a.PreferedLft) != math.MaxUint32 {
			t.Errorf("lifetimes of -1 made %+v", a)
		}
		listed = only()
		if err := netlink.AddrDel(nil, &listed); err != nil {
			t.Fatal(err)
		}
		if all, err := netlink.AddrList(lo, netlink.FAMILY_V4); err != nil || len(all) != 1 {
			t.Errorf("after removal: %v, %v", all, err)
		}
	})
}

func TestAddrProtocol(t *testing.T) {
	nstest.Do(t, func() {
		lo := setUp(t, "lo")
		for _, s := range []string{"10.0.0.1/24", "2001:db8::1/64"} {
			addr := parseAddr(t, s)
			addr.Protocol = 77
			if err := netlink.AddrAdd(lo, addr); err != nil {
				t.Fatal(err)
			}
			all, err := netlink.AddrList(lo, netlink.FAMILY_ALL)
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(all, addr.Equal)
			if i < 0 {
				t.Fatalf("%v is not among %v", addr, all)
			}
			if all[i].Protocol == 0 {
				nstest.Need(t, "protocols of addresses", "5.18", unix.EOPNOTSUPP)
			}
			if all[i].Protocol != 77 {
				t.Errorf("protocol of %v is %d", addr, all[i].Protocol)
			}
		}
	})
}

func TestAddrErrorsSayWhatAndWhich(t *testing.T) {
	nstest.Do(t, func() {
		lo := setUp(t, "lo")
		addr := parseAddr(t, "10.0.0.1/24")
		if err := netlink.AddrAdd(lo, addr); err != nil {
			t.Fatal(err)
		}
		closed, err := netlink.NewHandle()
		if err != nil {
			t.Fatal(err)
		}
		closed.Close()
		cancelled, cancel := context.WithCancel(context.Background())
		cancel()
		device := func(name string, index int) netlink.Link {
			return &netlink.Device{LinkAttrs: netlink.LinkAttrs{Name: name, Index: index}}
		}
		other := parseAddr(t, "10.0.0.2/24")
		h, err := netlink.NewHandleWithOptions(netlink.HandleOptions{ErrorDetails: true})
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		for _, c := range []struct {
			name  string
			err   error
			is    error
			texts []string
		}{
			{"there already", h.AddrAdd(lo, addr), os.ErrExist, []string{"addr add 10.0.0.1/24", `"lo"`}},
			{"not there", h.AddrDel(lo, other), os.ErrNotExist, []string{"addr del 10.0.0.2/24", `"lo"`}},
			{"no such index", h.AddrAdd(device("", 4711), addr), unix.ENODEV, []string{"addr add 10.0.0.1/24", "4711"}},
			{"no such name", h.AddrReplace(device("nosuch", 0), addr), netlink.LinkNotFoundError{}, []string{"nosuch"}},
			{"no link", h.AddrAdd(nil, addr), nil, []string{"addr add 10.0.0.1/24"}},
			{"link without name and index", h.AddrAdd(device("", 0), addr), nil, []string{"addr add 10.0.0.1/24"}},
			{"nil", h.AddrAdd(lo, nil), nil, []string{"addr add", "no address given"}},
			{"empty", h.AddrAdd(lo, &netlink.Addr{}), nil, []string{"addr add", "lo", "no IP address given"}},
			{
				"mask with holes", h.AddrAdd(lo, &netlink.Addr{IPNet: &net.IPNet{IP: addr.IP, Mask: net.IPMask{255, 0, 255, 0}}}),
				nil,
				[]string{"addr add 10.0.0.1", "ff00ff00"},
			},
			{"closed handle", closed.AddrAdd(lo, addr), os.ErrClosed, []string{"addr add 10.0.0.1/24"}},
			{"cancelled context", h.WithContext(cancelled).AddrAdd(lo, addr), context.Canceled,
				[]string{"addr add 10.0.0.1/24"}},
		} {
			if c.err == nil || c.is != nil && !errors.Is(c.err, c.is) {
				t.Errorf("%s: error %v is not %v", c.name, c.err, c.is)
				continue
			}
			for _, text := range c.texts {
				if !strings.Contains(c.err.Error(), text) {
					t.Errorf("%s: error %q lacks %q", c.name, c.err, text)
				}
			}
		}
		for _, gone := range []netlink.Link{device("", 4711), device("nosuch", 0)} {
			all, err := netlink.AddrList(gone, netlink.FAMILY_ALL)
			streamed, streamErr := collect(netlink.AddrSeq(gone, netlink.FAMILY_ALL))
			if len(all)+len(streamed) != 0 || err != nil || streamErr != nil {
				t.Errorf("of %v: %v, %v; %v, %v", gone, all, err, streamed, streamErr)
			}
		}
		if all, err := netlink.AddrList(lo, uapi.AF_BRIDGE); len(all) != 0 || err != nil {
			t.Errorf("of another family: %v, %v", all, err)
		}
		all, err := netlink.AddrList(lo, netlink.FAMILY_V4)
		if err != nil || len(all) != 2 {
			t.Errorf("the failures left %v, %v", all, err)
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestAddrBatch(t *testing.T) {
	h := newHandle(t)
	lo, err := h.LinkByName("lo")
	if err != nil {
		t.Fatal(err)
	}
	const n = 1000
	b := h.NewBatch()
	want := map[string]bool{}
	for i := range n {
		a := parseAddr(t, fmt.Sprintf("10.0.%d.%d/32", i/250, i%250+1))
		want[a.String()+" lo"] = true
		if err := b.AddrAdd(lo, a); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.AddrAdd(lo, parseAddr(t, "10.0.0.1/32")); err != nil {
		t.Fatal(err)
	}
	errs := b.Flush()
	if len(errs) != n+1 || !errors.Is(errs[n], os.ErrExist) ||
		slices.IndexFunc(errs, func(e error) bool { return e != nil }) != n {
		t.Errorf("got %d errors: %v", len(errs), errors.Join(errs...))
	}
	all, err := h.AddrList(lo, netlink.FAMILY_V4)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		if !want[a.String()] {
			t.Errorf("%v is not what was added", a)
		}
		delete(want, a.String())
	}
	if len(want) != 0 {
		t.Errorf("%d addresses are missing", len(want))
	}
}
