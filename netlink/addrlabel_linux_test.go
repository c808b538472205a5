package netlink

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"kern.sys/internal/capture"
	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
)

func TestAddressLabelsAreMadeAndDeleted(t *testing.T) {
	h, _ := newHandle(t)
	x := mustAdd(t, h, ifb("x0"))
	before, err := h.AddrLabelList()
	nstest.Need(t, "address labels", "", err)
	if len(before) == 0 {
		t.Error("a new namespace has no label")
	}
	label := AddrLabel{Prefix: netip.MustParsePrefix("fd00:1::/32"), Label: 77, LinkIndex: x.Attrs().Index}
	if err := h.AddrLabelAdd(&label); err != nil {
		t.Fatal(err)
	}
	if err := h.AddrLabelAdd(&label); !errors.Is(err, os.ErrExist) {
		t.Errorf("added twice: %v", err)
	}
	label.Label = 78
	if err := h.AddrLabelReplace(&label); err != nil {
		t.Error(err)
	}
	after, err := h.AddrLabelList()
	found := false
	for _, l := range after {
		found = found || l == label
	}
	if err != nil || len(after) != len(before)+1 || !found {
		t.Errorf("got %v, %v", after, err)
	}
	for _, want := range []error{nil, os.ErrNotExist} {
		if err := h.AddrLabelDel(&label); !errors.Is(err, want) && err != want &&
			!strings.Contains(err.Error(), "no such process") {
			t.Errorf("deleted: %v, want %v", err, want)
		}
	}
	if again, err := h.AddrLabelList(); err != nil || !reflect.DeepEqual(again, before) {
		t.Errorf("got %v, %v", again, err)
	}
	for _, bad := range []*AddrLabel{nil, {}, {Prefix: netip.MustParsePrefix("10.0.0.0/8")}} {
		if err := h.AddrLabelAdd(bad); err == nil {
			t.Errorf("%v was taken", bad)
		}
	}
	if got := label.String(); !strings.HasPrefix(got, "prefix fd00:1::/32 dev ") || !strings.HasSuffix(got, " label 78") {
		t.Errorf("reads %q", got)
	}
}

func TestAddressLabelIsRead(t *testing.T) {
	// What Linux 6.18 replied to ip addrlabel, of "prefix ::1/128 label 0".
	b := capture.Message(t, uapi.RTM_NEWADDRLABEL, "0a008000 00000000 00000000"+ // family, /128, link, sequence
		"14000100 00000000 00000000 00000000 00000001"+ // IFAL_ADDRESS
		"08000200 00000000") // IFAL_LABEL
	got, err := decodeAddrLabel(b)
	if want := (AddrLabel{Prefix: netip.MustParsePrefix("::1/128")}); err != nil || got != want {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestSettingsOfLinksAreRead(t *testing.T) {
	h, _ := newHandle(t)
	x := mustAdd(t, h, ifb("x0"))
	index := x.Attrs().Index
	got, err := h.NetconfGet(FAMILY_V4, index)
	if err != nil || got.LinkIndex != index || got.Family != FAMILY_V4 || got.Forwarding == nil || got.RPFilter == nil ||
		got.Input != nil {
		t.Fatalf("got %+v, %v", got, err)
	}
	all, err := h.NetconfList(FAMILY_V4)
	seen := map[int]bool{}
	for _, n := range all {
		seen[n.LinkIndex] = true
	}
	if err != nil || !seen[index] || !seen[NETCONFA_IFINDEX_ALL] || !seen[NETCONFA_IFINDEX_DEFAULT] {
		t.Errorf("got %+v, %v", all, err)
	}
	if _, err := h.NetconfGet(FAMILY_V4, 99999); err == nil {
		t.Error("of no link")
	}
	if err := os.WriteFile("/proc/sys/net/ipv4/conf/x0/rp_filter", []byte("2"), 0); err == nil {
		if got, err := h.NetconfGet(FAMILY_V4, index); err != nil || *got.RPFilter != 2 {
			t.Errorf("changed: %+v, %v", got, err)
		}
	}
}

func TestTablesOfNeighboursAreReadAndChanged(t *testing.T) {
	h, _ := newHandle(t)
	x := mustAdd(t, h, ifb("x0"))
	index := x.Attrs().Index
	change := Ntable{
		Family: FAMILY_V4, Name: "arp_cache", LinkIndex: index, BaseReachable: new(50 * time.Second),
		Retrans: new(2 * time.Second), GCStale: new(70 * time.Second),
		QueueLen: new(uint32(99)), UcastProbes: new(uint32(4)), McastReprobes: new(uint32(2)),
		LockTime: new(900 * time.Millisecond),
	}
	if err := h.NtableSet(&change); err != nil {
		t.Fatal(err)
	}
	all, err := h.NtableList(FAMILY_V4)
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, n := range all {
		switch {
		case n.LinkIndex == 0 && (n.Thresh3 == nil || n.Stats == nil || n.Stats.Allocs < n.Stats.Destroys ||
			n.Config == nil || n.Config.KeyLen != 4 || n.Config.EntrySize == 0):
			t.Errorf("the table is %+v", n)
		case n.LinkIndex == index:
			found = true
			if n.Name != "arp_cache" || *n.BaseReachable != 50*time.Second || *n.Retrans != 2*time.Second ||
				*n.QueueLen != 99 || *n.UcastProbes != 4 || *n.McastReprobes != 2 ||
				*n.LockTime != 900*time.Millisecond || n.Reachable < 25*time.Second || n.Reachable > 75*time.Second ||
				*n.McastProbes != 3 {
				t.Errorf("those of the link are %+v", n)
			}
		}
	}
	if !found {
		t.Errorf("%d is not in %+v", index, all)
	}
	for _, bad := range []*Ntable{nil, {Name: "nope", QueueLen: new(uint32(1))},
		{Name: "arp_cache", LinkIndex: index, Retrans: new(-time.Second)}} {
		if err := h.NtableSet(bad); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
}

func TestTokensAreSetAndRead(t *testing.T) {
	h, _ := newHandle(t)
	x := mustAdd(t, h, &Veth{LinkAttrs: LinkAttrs{Name: "x0"}, PeerName: "x1"})
	if err := h.LinkSetUp(x); err != nil {
		t.Fatal(err)
	}
	token := func() net.IP {
		all, err := h.IPv6TokenList()
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range all {
			if k.LinkIndex == x.Attrs().Index {
				return k.Token
			}
		}
		return nil
	}
	if got := token(); !got.Equal(net.IPv6zero) {
		t.Errorf("is %v at first", got)
	}
	for _, want := range []net.IP{net.ParseIP("::77"), nil} {
		if err := h.LinkSetIPv6Token(x, want); err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = net.IPv6zero
		}
		if got := token(); !got.Equal(want) {
			t.Errorf("is %v, want %v", got, want)
		}
	}
	if err := h.LinkSetIPv6Token(x, net.IPv4(1, 2, 3, 4)); err == nil {
		t.Error("an IPv4 address was taken")
	}
	if err := h.LinkSetIPv6Token(nil, nil); err == nil {
		t.Error("no link was taken")
	}
}
