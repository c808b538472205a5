package netlink_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/unix"
)

// tool runs a command of iproute2 in the thread's namespace and returns what it
// prints. Where iproute2 is not there, the test is skipped.
func tool(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skip("iproute2 is not installed: ", err)
	}
	out, err := exec.Command(path, args...).Output()
	if err != nil {
		var stderr []byte
		if exit, ok := err.(*exec.ExitError); ok {
			stderr = exit.Stderr
		}
		if bytes.Contains(stderr, []byte("Unknown device type")) || bytes.Contains(stderr, []byte("not supported")) {
			nstest.Need(t, name+" "+strings.Join(args, " "), "", fmt.Errorf("%s: %w", bytes.TrimSpace(stderr), unix.EOPNOTSUPP))
		}
		t.Fatalf("%s %q: %v: %s", name, args, err, stderr)
	}
	return out
}

// tools runs commands of iproute2.
func tools(t *testing.T, lines ...string) {
	t.Helper()
	for _, line := range lines {
		words := strings.Fields(line)
		tool(t, words[0], words[1:]...)
	}
}

// toolJSON is tool for output that is a JSON list of objects.
func toolJSON(t *testing.T, name string, args ...string) []map[string]any {
	t.Helper()
	var all []map[string]any
	out := tool(t, name, args...)
	if err := json.Unmarshal(out, &all); err != nil {
		t.Fatalf("%s %q: %v in %s", name, args, err, out)
	}
	return all
}

// setUp sets a link up and returns it.
func setUp(t *testing.T, name string) netlink.Link {
	t.Helper()
	link, err := netlink.LinkByName(name)
	if err == nil {
		err = netlink.LinkSetUp(link)
	}
	if err != nil {
		t.Fatal(err)
	}
	return link
}

// addVeth makes the links v0 and v1, the ends of a cable.
func addVeth(t *testing.T) (v0, v1 netlink.Link) {
	t.Helper()
	veth := netlink.NewVeth(netlink.LinkAttrs{Name: "v0", HardwareAddr: []byte{2, 0, 0, 0, 0xa, 0}})
	veth.PeerName, veth.PeerHardwareAddr = "v1", []byte{2, 0, 0, 0, 0xa, 1}
	if err := netlink.LinkAdd(veth); err != nil {
		t.Fatal(err)
	}
	v0, err := netlink.LinkByName("v0")
	if err != nil {
		t.Fatal(err)
	}
	v1, err = netlink.LinkByName("v1")
	if err != nil {
		t.Fatal(err)
	}
	return v0, v1
}

// collect is what an iterator gives, up to its first error.
func collect[T any](each func(func(T, error) bool)) (all []T, err error) {
	for v, e := range each {
		if e != nil {
			return all, e
		}
		all = append(all, v)
	}
	return all, nil
}

// newHandle returns a handle on a new namespace.
func newHandle(t *testing.T) *netlink.Handle {
	t.Helper()
	return handleWith(t, netlink.HandleOptions{})
}

// handleWith is newHandle with options.
func handleWith(t *testing.T, options netlink.HandleOptions) *netlink.Handle {
	t.Helper()
	ns := nstest.New(t)
	options.NetNS = &ns
	h, err := netlink.NewHandleWithOptions(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}
