package netlink

import (
	"errors"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
	"kern.sys/unix"
)

// newHandle returns a handle on a new namespace.
func newHandle(t testing.TB) (*Handle, netns.NsHandle) {
	t.Helper()
	ns := nstest.New(t)
	h, err := NewHandleAt(ns)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h, ns
}

// ifb is a link of a kind that every kernel here can make.
func ifb(name string) *GenericLink {
	a := NewLinkAttrs()
	a.Name = name
	return &GenericLink{LinkAttrs: a, LinkType: "ifb"}
}

// mustAdd makes a link.
func mustAdd[L Link](t testing.TB, h *Handle, link L) L {
	t.Helper()
	if err := h.LinkAdd(link); err != nil {
		nstest.Need(t, link.Type()+" links", "", err)
	}
	return link
}

// attrs returns what the kernel says of a link.
func attrs(t testing.TB, h *Handle, link Link) *LinkAttrs {
	t.Helper()
	got, err := h.LinkByIndex(link.Attrs().Index)
	if err != nil {
		t.Fatal(err)
	}
	return got.Attrs()
}

func TestLinkAddSetsAllThatIsSet(t *testing.T) {
	h, _ := newHandle(t)
	br := mustAdd(t, h, &GenericLink{LinkAttrs: LinkAttrs{Name: "br0"}, LinkType: "bridge"})
	a := LinkAttrs{
		Name: "x0", Index: 77, MTU: 1300, TxQLen: 33, Group: 9, Alias: "some text", MasterIndex: br.Index,
		AltNames: []string{"other", strings.Repeat("l", 127)}, HardwareAddr: parseMAC(t, "02:00:00:00:00:02"),
		Broadcast: parseMAC(t, "ff:ff:ff:ff:ff:fe"), Flags: net.FlagUp, NumTxQueues: 3, NumRxQueues: 2,
		GSOMaxSize: 50000, GSOMaxSegs: 1000, GROMaxSize: 40000,
	}
	link := mustAdd(t, h, &GenericLink{LinkAttrs: a, LinkType: "veth"})
	got := attrs(t, h, link)
	for what, equal := range map[string]bool{
		"name":        got.Name == a.Name,
		"index":       got.Index == a.Index,
		"mtu":         got.MTU == a.MTU,
		"txqlen":      got.TxQLen == a.TxQLen,
		"group":       got.Group == a.Group,
		"alias":       got.Alias == a.Alias,
		"master":      got.MasterIndex == a.MasterIndex,
		"altnames":    slices.Equal(got.AltNames, a.AltNames),
		"address":     slices.Equal(got.HardwareAddr, a.HardwareAddr),
		"broadcast":   slices.Equal(got.Broadcast, a.Broadcast),
		"flags":       got.Flags&net.FlagUp != 0,
		"numtxqueues": got.NumTxQueues == a.NumTxQueues,
		"numrxqueues": got.NumRxQueues == a.NumRxQueues,
		"gso":         got.GSOMaxSize == a.GSOMaxSize && got.GSOMaxSegs == a.GSOMaxSegs,
		"gro":         got.GROMaxSize == a.GROMaxSize,
	} {
		if !equal {
			t.Errorf("%s is not as asked for: %+v", what, got)
		}
	}
	for _, name := range []string{"x0", "other", strings.Repeat("l", 127)} {
		if byName, err := h.LinkByName(name); err != nil || byName.Attrs().Index != 77 {
			t.Errorf("by name %q: %v, %v", name, byName, err)
		}
	}
	if byAlias, err := h.LinkByAlias("some text"); err != nil || byAlias.Attrs().Index != 77 {
		t.Errorf("by alias: %v, %v", byAlias, err)
	}
}

// 0 is a length, for links of all kinds; -1 leaves it to the kernel.
func TestTxQLenOfZeroIsZero(t *testing.T) {
	h, _ := newHandle(t)
	for kind, fallback := range map[string]int{"veth": 1000, "ifb": 32, "bridge": 1000, "vxlan": 1000, "dummy": 1000,
		"macvlan": 1000} {
		t.Run(kind, func(t *testing.T) {
			for _, qlen := range []int{0, 7, -1} {
				a := NewLinkAttrs()
				a.Name, a.TxQLen = "x0", qlen
				var link Link = &GenericLink{LinkAttrs: a, LinkType: kind}
				switch kind {
				case "vxlan":
					link = &Vxlan{LinkAttrs: a, VxlanId: 7, Port: 4789, Learning: true}
				case "macvlan":
					parent := mustAdd(t, h, ifb("parent"))
					a.ParentIndex = parent.Index
					link = &Macvlan{LinkAttrs: a}
				}
				mustAdd(t, h, link)
				want := qlen
				if qlen < 0 {
					want = fallback
				}
				if got := attrs(t, h, link); got.TxQLen != want {
					t.Errorf("TxQLen %d: queue of %d packets, want %d", qlen, got.TxQLen, want)
				}
				change := &Device{LinkAttrs: LinkAttrs{Index: link.Attrs().Index, TxQLen: 9}}
				for _, then := range []int{9, 0} {
					change.TxQLen = then
					if err := h.LinkModify(change); err != nil {
						t.Fatal(err)
					}
					if got := attrs(t, h, link); got.TxQLen != then {
						t.Errorf("modified to %d: queue of %d packets", then, got.TxQLen)
					}
				}
				if err := h.LinkDel(link); err != nil {
					t.Error(err)
				}
				if kind == "macvlan" {
					if err := h.LinkDel(&Device{LinkAttrs{Name: "parent"}}); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
}

// The other end of a pair has the length of this one, unless it has its own.
func TestTxQLenOfVethPeers(t *testing.T) {
	h, _ := newHandle(t)
	for _, c := range []struct{ mine, peer, want, wantPeer int }{
		{0, -1, 0, 0}, {-1, 0, 1000, 0}, {7, 0, 7, 0}, {0, 7, 0, 7}, {-1, -1, 1000, 1000},
	} {
		v := NewVeth(named("x0"))
		v.TxQLen, v.PeerName, v.PeerTxQLen = c.mine, "x1", c.peer
		mustAdd(t, h, v)
		peer, err := h.LinkByName("x1")
		if err != nil {
			t.Fatal(err)
		}
		if got, there := attrs(t, h, v).TxQLen, peer.Attrs().TxQLen; got != c.want || there != c.wantPeer {
			t.Errorf("TxQLen %d, PeerTxQLen %d: queues of %d and %d packets, want %d and %d", c.mine, c.peer, got, there,
				c.want, c.wantPeer)
		}
		if err := h.LinkDel(v); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLinkAddReportsIndexAndName(t *testing.T) {
	h, _ := newHandle(t)
	first := mustAdd(t, h, ifb("x%d"))
	second := mustAdd(t, h, ifb("x%d"))
	if first.Index == 0 {
		nstest.Need(t, "new links echoed to their creator", "6.2", unix.EOPNOTSUPP)
	}
	if first.Name != "x0" || second.Name != "x1" || first.Index == 0 || second.Index == first.Index {
		t.Errorf("got %q %d and %q %d", first.Name, first.Index, second.Name, second.Index)
	}
	byName, err := h.LinkByName("x1")
	if err != nil || byName.Attrs().Index != second.Index {
		t.Errorf("got %v, %v", byName, err)
	}
}

func TestLinkAddRefusedLeavesNothing(t *testing.T) {
	h, _ := newHandle(t)
	there, ns := newHandle(t)
	mustAdd(t, h, ifb("taken"))
	bad := func(change func(*LinkAttrs)) *GenericLink {
		l := ifb("x0")
		change(&l.LinkAttrs)
		return l
	}
	for name, c := range map[string]struct {
		link Link
		is   error
	}{
		"master that is none": {bad(func(a *LinkAttrs) { a.MasterIndex = 1 }), unix.EOPNOTSUPP},
		"no such master":      {bad(func(a *LinkAttrs) { a.MasterIndex = 999 }), unix.EINVAL},
		"altname taken":       {bad(func(a *LinkAttrs) { a.AltNames = []string{"free", "taken"} }), os.ErrExist},
		"name taken":          {bad(func(a *LinkAttrs) { a.Name = "taken" }), os.ErrExist},
		"no such kind":        {&GenericLink{LinkAttrs: LinkAttrs{Name: "x0"}, LinkType: "martian"}, unix.EOPNOTSUPP},
		"no kind":             {&Device{LinkAttrs{Name: "x0"}}, unix.EOPNOTSUPP},
		"altname taken there": {bad(func(a *LinkAttrs) { a.Namespace, a.AltNames = ns, []string{"lo"} }), os.ErrExist},
		"closed namespace":    {bad(func(a *LinkAttrs) { a.Namespace = NsFd(1 << 20) }), unix.EBADF},
	} {
		err := h.withDetails().LinkAdd(c.link)
		var e *wire.Error
		if !errors.Is(err, c.is) || !errors.As(err, &e) || e.Op != "link add" {
			t.Errorf("%s: got %v, want %v", name, err, c.is)
		}
		for where, h := range map[string]*Handle{"here": h, "there": there} {
			if got, err := h.LinkByName("x0"); !errors.Is(err, LinkNotFoundError{}) {
				t.Errorf("%s: left %v %s, %v", name, got, where, err)
			}
		}
	}
}

func TestLinkAddToOtherNamespace(t *testing.T) {
	h, _ := newHandle(t)
	there, ns := newHandle(t)
	for name, namespace := range map[string]any{"nsfd": NsFd(ns), "handle": ns} {
		link := ifb(name)
		link.Namespace, link.Alias, link.AltNames = namespace, "of "+name, []string{name + "-alt"}
		mustAdd(t, h, link)
		if got, err := there.LinkByName(name + "-alt"); err != nil || got.Attrs().Alias != "of "+name {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
		if _, err := h.LinkByName(name); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is here: %v", name, err)
		}
	}
	// By process: this one, in whose namespace the handles are not.
	link := ifb("pid0")
	link.Namespace = NsPid(os.Getpid())
	mustAdd(t, h, link)
	here, err := LinkByName("pid0")
	if err != nil {
		t.Fatal(err)
	}
	if err := LinkSetNsFd(here, int(ns)); err != nil {
		t.Error(err)
	}
	if back, err := there.LinkByName("pid0"); err != nil {
		t.Error(err)
	} else if err := there.LinkSetNsPid(back, os.Getpid()); err != nil {
		t.Error(err)
	}
	if err := LinkDel(&Device{LinkAttrs{Name: "pid0"}}); err != nil {
		t.Error(err)
	}
}

func TestLinkByNothing(t *testing.T) {
	h, _ := newHandle(t)
	byName := func(n string) error { _, err := h.LinkByName(n); return err }
	byIndex := func(i int) error { _, err := h.LinkByIndex(i); return err }
	byAlias := func(a string) error { _, err := h.LinkByAlias(a); return err }
	for what, err := range map[string]error{
		"name": byName("nope"), "long name": byName(strings.Repeat("n", 100)), "index": byIndex(999),
		"no name": byName(""), "alias": byAlias("nope"),
	} {
		if _, ok := err.(LinkNotFoundError); !ok || !errors.Is(err, os.ErrNotExist) || !errors.Is(err, unix.ENODEV) {
			t.Errorf("%s: got %v", what, err)
		}
	}
	if err := byName(strings.Repeat("n", 128)); err != unix.ERANGE {
		t.Errorf("name too long: got %v", err)
	}
	for _, index := range []int{0, -1} {
		if err := byIndex(index); err != unix.EINVAL {
			t.Errorf("index %d: got %v", index, err)
		}
	}
}

// Each change is seen in what the kernel says of the link.
func TestLinkSetTakesEffect(t *testing.T) {
	h, _ := newHandle(t)
	br := mustAdd(t, h, &GenericLink{LinkAttrs: LinkAttrs{Name: "br0"}, LinkType: "bridge"})
	x := mustAdd(t, h, &GenericLink{LinkAttrs: LinkAttrs{Name: "x0"}, LinkType: "veth"})
	raw := func(bit uint32) func(*LinkAttrs) bool {
		return func(a *LinkAttrs) bool { return a.RawFlags&bit != 0 }
	}
	not := func(f func(*LinkAttrs) bool) func(*LinkAttrs) bool {
		return func(a *LinkAttrs) bool { return !f(a) }
	}
	for _, c := range []struct {
		name string
		do   func() error
		is   func(*LinkAttrs) bool
	}{
		{"arp off", func() error { return h.LinkSetARPOff(x) }, raw(uapi.IFF_NOARP)},
		{"arp on", func() error { return h.LinkSetARPOn(x) }, not(raw(uapi.IFF_NOARP))},
		{"multicast off", func() error { return h.LinkSetMulticastOff(x) }, not(raw(uapi.IFF_MULTICAST))},
		{"multicast on", func() error { return h.LinkSetMulticastOn(x) }, raw(uapi.IFF_MULTICAST)},
		{"allmulticast on", func() error { return h.LinkSetAllmulticastOn(x) },
			func(a *LinkAttrs) bool { return a.Allmulti == 1 }},
		{"allmulticast off", func() error { return h.LinkSetAllmulticastOff(x) },
			func(a *LinkAttrs) bool { return a.Allmulti == 0 }},
		{"promisc on", func() error { return h.SetPromiscOn(x) }, func(a *LinkAttrs) bool { return a.Promisc == 1 }},
		{"promisc off", func() error { return h.SetPromiscOff(x) }, func(a *LinkAttrs) bool { return a.Promisc == 0 }},
		{"mtu", func() error { return h.LinkSetMTU(x, 1300) }, func(a *LinkAttrs) bool { return a.MTU == 1300 }},
		{"txqueuelen 0", func() error { return h.LinkSetTxQLen(x, 0) }, func(a *LinkAttrs) bool { return a.TxQLen == 0 }},
		{"txqueuelen", func() error { return h.LinkSetTxQLen(x, 7) }, func(a *LinkAttrs) bool { return a.TxQLen == 7 }},
		{"group", func() error { return h.LinkSetGroup(x, 5) }, func(a *LinkAttrs) bool { return a.Group == 5 }},
		{"alias", func() error { return h.LinkSetAlias(x, "text") }, func(a *LinkAttrs) bool { return a.Alias == "text" }},
		{"no alias", func() error { return h.LinkSetAlias(x, "") }, func(a *LinkAttrs) bool { return a.Alias == "" }},
		{"address", func() error { return h.LinkSetHardwareAddr(x, parseMAC(t, "02:00:00:00:00:05")) },
			func(a *LinkAttrs) bool { return a.HardwareAddr.String() == "02:00:00:00:00:05" }},
		{"gso_max_size", func() error { return h.LinkSetGSOMaxSize(x, 40000) },
			func(a *LinkAttrs) bool { return a.GSOMaxSize == 40000 }},
		{"gso_max_segs", func() error { return h.LinkSetGSOMaxSegs(x, 4000) },
			func(a *LinkAttrs) bool { return a.GSOMaxSegs == 4000 }},
		{"gro_max_size", func() error { return h.LinkSetGROMaxSize(x, 30000) },
			func(a *LinkAttrs) bool { return a.GROMaxSize == 30000 }},
		{"addrgenmode", func() error { return h.LinkSetIP6AddrGenMode(x, uapi.IN6_ADDR_GEN_MODE_NONE) },
			func(a *LinkAttrs) bool { return a.IP6.AddrGenMode == uapi.IN6_ADDR_GEN_MODE_NONE }},
		{"master", func() error { return h.LinkSetMaster(x, br) },
			func(a *LinkAttrs) bool { return a.MasterIndex == br.Index && a.Slave != nil }},
		{"no master", func() error { return h.LinkSetNoMaster(x) },
			func(a *LinkAttrs) bool { return a.MasterIndex == 0 && a.Slave == nil }},
		{"master by name", func() error { return h.LinkSetMaster(x, &Device{LinkAttrs{Name: "br0"}}) },
			func(a *LinkAttrs) bool { return a.MasterIndex == br.Index }},
		{"nomaster", func() error { return h.LinkSetNoMaster(x) }, func(a *LinkAttrs) bool { return a.MasterIndex == 0 }},
		{"master by index", func() error { return h.LinkSetMasterByIndex(x, br.Index) },
			func(a *LinkAttrs) bool { return a.MasterIndex == br.Index }},
		{"master index 0", func() error { return h.LinkSetMasterByIndex(x, 0) },
			func(a *LinkAttrs) bool { return a.MasterIndex == 0 }},
		{"altname", func() error { return h.LinkAddAltName(x, "other") },
			func(a *LinkAttrs) bool { return slices.Equal(a.AltNames, []string{"other"}) }},
		{"no altname", func() error { return h.LinkDelAltName(x, "other") },
			func(a *LinkAttrs) bool { return a.AltNames == nil }},
		{"name", func() error { return h.LinkSetName(x, "x1") }, func(a *LinkAttrs) bool { return a.Name == "x1" }},
		{"name by name", func() error { return h.LinkSetName(&Device{LinkAttrs{Name: "x1"}}, "x0") },
			func(a *LinkAttrs) bool { return a.Name == "x0" }},
		{"up", func() error { return h.LinkSetUp(x) }, raw(uapi.IFF_UP)},
		{"down by name", func() error { return h.LinkSetDown(&Device{LinkAttrs{Name: "x0"}}) }, not(raw(uapi.IFF_UP))},
		{"modify", func() error {
			return h.LinkModify(&Device{LinkAttrs{Name: "x0", MTU: 1111, TxQLen: -1, Flags: net.FlagUp}})
		}, func(a *LinkAttrs) bool { return a.MTU == 1111 && a.RawFlags&uapi.IFF_UP != 0 && a.TxQLen == 7 }},
		{"down", func() error { return h.LinkSetDown(x) }, not(raw(uapi.IFF_UP))}, // only since 6.2 a link may be up
		{"modify name", func() error { return h.LinkModify(&Device{LinkAttrs{Index: x.Index, Name: "x9"}}) },
			func(a *LinkAttrs) bool { return a.Name == "x9" && a.MTU == 1111 }},
	} {
		if err := c.do(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		} else if got := attrs(t, h, x); !c.is(got) {
			t.Errorf("%s: got %+v", c.name, got)
		}
	}
}

func TestLinkSetIPv4OffloadSizes(t *testing.T) {
	h, _ := newHandle(t)
	x := mustAdd(t, h, &GenericLink{LinkAttrs: LinkAttrs{Name: "x0"}, LinkType: "veth"})
	if attrs(t, h, x).GSOIPv4MaxSize == 0 {
		nstest.Need(t, "gso_ipv4_max_size", "6.3", unix.EOPNOTSUPP)
	}
	if err := h.LinkSetGSOIPv4MaxSize(x, 20000); err != nil {
		t.Error(err)
	}
	if err := h.LinkSetGROIPv4MaxSize(x, 10000); err != nil {
		t.Error(err)
	}
	if a := attrs(t, h, x); a.GSOIPv4MaxSize != 20000 || a.GROIPv4MaxSize != 10000 {
		t.Errorf("got %d and %d", a.GSOIPv4MaxSize, a.GROIPv4MaxSize)
	}
}

func TestLinkListAndFilters(t *testing.T) {
	h, _ := newHandle(t)
	br := mustAdd(t, h, &GenericLink{LinkAttrs: LinkAttrs{Name: "br0"}, LinkType: "bridge"})
	mustAdd(t, h, &GenericLink{LinkAttrs: LinkAttrs{Name: "x0", MasterIndex: br.Index}, LinkType: "ifb"})
	mustAdd(t, h, ifb("x1"))
	names := func(links []Link) []string {
		var n []string
		for _, l := range links {
			n = append(n, l.Attrs().Name)
		}
		slices.Sort(n)
		return n
	}
	var streamed []Link
	for link, err := range h.LinkSeq() {
		if err != nil {
			t.Fatal(err)
		}
		streamed = append(streamed, link)
	}
	listed, err := h.LinkList()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"br0", "lo", "x0", "x1"}
	if !slices.Equal(names(listed), want) || !slices.Equal(names(streamed), want) {
		t.Errorf("listed %v, streamed %v", names(listed), names(streamed))
	}
	for _, strict := range []bool{true, false} {
		if err := h.SetStrictCheck(strict); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			f    LinkFilter
			want []string
		}{
			{LinkFilter{MasterIndex: br.Index}, []string{"x0"}},
			{LinkFilter{Type: "ifb"}, []string{"x0", "x1"}},
			{LinkFilter{Type: "ifb", MasterIndex: br.Index}, []string{"x0"}},
			{LinkFilter{Type: "nosuch"}, nil},
			{LinkFilter{NoVFs: true}, want},
		} {
			got, err := h.LinkListFiltered(c.f)
			if err != nil || !slices.Equal(names(got), c.want) {
				t.Errorf("strict %v, %+v: got %v, %v", strict, c.f, names(got), err)
			}
			got = nil
			for link, err := range h.LinkSeqFiltered(c.f) {
				if err != nil {
					t.Error(err)
				}
				got = append(got, link)
			}
			if !slices.Equal(names(got), c.want) {
				t.Errorf("strict %v, %+v: the stream gives %v", strict, c.f, names(got))
			}
		}
	}
}

func TestNetNsIDs(t *testing.T) {
	h, _ := newHandle(t)
	_, there := newHandle(t)
	if id, err := h.GetNetNsIdByFd(int(there)); err != nil || id != -1 {
		t.Errorf("before: %d, %v", id, err)
	}
	if err := h.SetNetNsIdByFd(int(there), 42); err != nil {
		t.Fatal(err)
	}
	if id, err := h.GetNetNsIdByFd(int(there)); err != nil || id != 42 {
		t.Errorf("after: %d, %v", id, err)
	}
	if err := h.SetNetNsIdByFd(int(there), 43); !errors.Is(err, os.ErrExist) {
		t.Errorf("again: %v", err)
	}
	if err := h.SetNetNsIdByPid(os.Getpid(), -1); err != nil {
		t.Error(err)
	}
	if id, err := h.GetNetNsIdByPid(os.Getpid()); err != nil || id < 0 || id == 42 {
		t.Errorf("by pid: %d, %v", id, err)
	}
	if id, err := h.GetNetNsIdByFd(1 << 20); err == nil {
		t.Errorf("of no descriptor: %d", id)
	}
	if id, err := h.GetNetNsIdByPid(-5); err == nil {
		t.Errorf("of pid -5: %d", id)
	}
}

func TestBatchMakesAndChangesLinks(t *testing.T) {
	h, _ := newHandle(t)
	b := h.NewBatch()
	ok := []error{
		b.LinkAdd(&GenericLink{LinkAttrs: LinkAttrs{Name: "x0", AltNames: []string{"other"}}, LinkType: "ifb"}),
		b.LinkSetMTU(&Device{LinkAttrs{Name: "x0"}}, 1234),
		b.LinkDel(&Device{LinkAttrs{Name: "nope"}}),
		b.LinkSetUp(&Device{LinkAttrs{Name: "other"}}),
	}
	if err := errors.Join(ok...); err != nil {
		t.Fatal(err)
	}
	errs := b.Flush()
	if len(errs) != 5 || errs[0] != nil || errs[1] != nil || errs[2] != nil || errs[4] != nil ||
		!errors.Is(errs[3], os.ErrNotExist) {
		t.Fatalf("got %v", errs)
	}
	got, err := h.LinkByName("x0")
	if err != nil {
		t.Fatal(err)
	}
	if a := got.Attrs(); a.MTU != 1234 || a.Flags&net.FlagUp == 0 || !slices.Equal(a.AltNames, []string{"other"}) {
		t.Errorf("got %+v", a)
	}
}

func TestLinkNotFoundErrorMatches(t *testing.T) {
	kernel := &wire.Error{Op: "link get", Object: `"x"`, Err: syscall.ENODEV}
	err := notFound(kernel)
	for _, target := range []error{LinkNotFoundError{}, LinkNotFoundError{errors.New("else")}, os.ErrNotExist,
		syscall.ENODEV, kernel} {
		if !errors.Is(err, target) {
			t.Errorf("%v is not %#v", err, target)
		}
	}
	if errors.Is(err, os.ErrExist) {
		t.Error("matches os.ErrExist")
	}
	var as LinkNotFoundError
	if !errors.As(err, &as) {
		t.Error("errors.As fails")
	}
	if _, ok := err.(LinkNotFoundError); !ok {
		t.Errorf("a type assertion fails on %T", err)
	}
	if err.Error() != `link get "x": Link not found` || (LinkNotFoundError{}).Error() != "Link not found" {
		t.Errorf("got %q and %q", err, LinkNotFoundError{})
	}
	if err := notFound(syscall.EPERM); err != syscall.EPERM {
		t.Errorf("EPERM became %v", err)
	}
}
