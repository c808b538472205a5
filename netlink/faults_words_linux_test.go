package netlink

import (
	"errors"
	"os"
	"strings"
	"testing"

	"kern.sys/netns"
	"kern.sys/unix"
)

// wordy is a handle whose errors have all details.
func wordy(t *testing.T) *Handle {
	h, _ := newHandle(t)
	return h.withDetails()
}

func TestAPairThatCannotBeMadeIsNamedWithBothEnds(t *testing.T) {
	h := wordy(t)
	mustAdd(t, h, &Veth{LinkAttrs: LinkAttrs{Name: "a0"}, PeerName: "b0"})
	there, err := netns.Get()
	if err != nil {
		t.Fatal(err)
	}
	defer there.Close()
	for name, c := range map[string]struct {
		link Link
		want []string
	}{
		"peer": {&Veth{LinkAttrs: LinkAttrs{Name: "a1"}, PeerName: "b0"},
			[]string{`link add "a1" type veth peer "b0": file exists`}},
		"this end": {&Veth{LinkAttrs: LinkAttrs{Name: "a0"}, PeerName: "b1"},
			[]string{`link add "a0" type veth peer "b1": file exists`}},
		"in a namespace": {&Veth{LinkAttrs: LinkAttrs{Name: "a0"}, PeerName: "b1", PeerNamespace: there},
			[]string{`peer "b1" in NS(`, "file exists"}},
		"of a process": {&Veth{LinkAttrs: LinkAttrs{Name: "a0"}, PeerName: "b1", PeerNamespace: NsPid(os.Getpid())},
			[]string{`peer "b1" in the network namespace of process `, "file exists"}},
		"unnamed": {&Veth{LinkAttrs: LinkAttrs{Name: "a0"}}, []string{`link add "a0" type veth peer: file exists`}},
	} {
		err := h.LinkAdd(c.link)
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) || !errors.Is(err, os.ErrExist) {
				t.Errorf("%s: %v, want %q", name, err, want)
			}
		}
	}
}

func TestARefusedMTUIsNamedWithItsBounds(t *testing.T) {
	h := wordy(t)
	link := mustAdd(t, h, &Veth{LinkAttrs: LinkAttrs{Name: "a0"}, PeerName: "b0"})
	for _, mtu := range []int{1, 99999999} {
		err := h.LinkSetMTU(link, mtu)
		if err == nil || !strings.Contains(err.Error(), " (68 to 65535): ") || !errors.Is(err, unix.EINVAL) {
			t.Errorf("%d: %v", mtu, err)
		}
	}
	if err := h.LinkSetMTU(link, 1400); err != nil {
		t.Error(err)
	}
	if err := h.LinkSetMTU(&Device{LinkAttrs{Name: "nope"}}, 1); err == nil || strings.Contains(err.Error(), " to ") {
		t.Errorf("of no link: %v", err)
	}
}

func TestABadNamespaceIsNamed(t *testing.T) {
	const closed = netns.NsHandle(99999) // more than there can be
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for name, c := range map[string]struct {
		ns    netns.NsHandle
		errno error
	}{"closed": {closed, unix.EBADF}, "no namespace": {netns.NsHandle(file.Fd()), unix.EINVAL}} {
		_, err := NewHandleAt(c.ns)
		if err == nil || !strings.Contains(err.Error(), c.ns.String()) || !errors.Is(err, c.errno) {
			t.Errorf("%s: %v, want %v in it", name, err, c.ns)
		}
	}
}
