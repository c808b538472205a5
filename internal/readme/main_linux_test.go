package main

import (
	"context"
	"os"
	"strings"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/netlink"
)

func TestMain(m *testing.M) { nstest.Main(m) }

// The program in README.md is this one, so it compiles.
func TestReadmeShowsThisProgram(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	_, code, ok := strings.Cut(string(source), "\npackage main\n")
	if _, shown, _ := strings.Cut(string(readme), "```go\npackage main\n"); !ok || !strings.HasPrefix(shown, code+"```\n") {
		t.Error("the program in README.md is not internal/readme/main.go without its first comment")
	}
}

func TestItRuns(t *testing.T) {
	nstest.Do(t, func() {
		if err := show(context.Background()); err != nil {
			t.Errorf("without eth0: %v", err)
		}
		veth := netlink.NewVeth(netlink.LinkAttrs{Name: "eth0", TxQLen: -1})
		veth.PeerName = "far0"
		if err := netlink.LinkAdd(veth); err != nil {
			nstest.Need(t, "veth links", "", err)
		}
		if err := show(context.Background()); err != nil {
			t.Errorf("with eth0: %v", err)
		}
		addrs, err := netlink.AddrList(veth, netlink.FAMILY_V4)
		if err != nil || len(addrs) != 1 {
			t.Errorf("%v, %v", addrs, err)
		}
	})
}
