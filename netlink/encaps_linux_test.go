package netlink

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
	"kern.sys/unix"
)

// optionsOfEncaps are options of the kernel that few are built with.
var optionsOfEncaps = map[string]string{
	"ila": "CONFIG_IPV6_ILA", "ioam6": "CONFIG_IPV6_IOAM6_LWTUNNEL", "rpl": "CONFIG_IPV6_RPL_LWTUNNEL",
}

// modulesOfEncaps are modules that the kernel does not load by itself.
var modulesOfEncaps = map[string]string{"ila": "ila", "xfrm": "xfrm_interface"}

// TestEncapsOfTheKernel makes routes with the encapsulations of encapCaptures: the kernel reports the captured
// bytes, and what is listed can be deleted.
func TestEncapsOfTheKernel(t *testing.T) {
	for _, c := range encapCaptures {
		if c.set == nil {
			continue
		}
		t.Run(c.kind, func(t *testing.T) {
			if module := modulesOfEncaps[c.kind]; module != "" {
				nstest.LoadModule(t, module)
			}
			h, _ := newHandle(t)
			link := NewVeth(named("v0"))
			link.PeerName = "v1"
			if err := h.LinkAdd(link); err != nil {
				t.Fatal(err)
			}
			peer, err := h.LinkByName("v1")
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range []Link{link, peer} {
				if err := h.LinkSetUp(l); err != nil {
					t.Fatal(err)
				}
			}
			route := &Route{LinkIndex: link.Index, Dst: ipv4Net("10.9.0.0/16"), Encap: c.set, Scope: SCOPE_LINK}
			switch c.kind {
			case "ila", "ioam6", "ip6", "rpl", "seg6", "seg6local":
				route.Dst, route.Scope = ipv6Net("fd09::/32"), SCOPE_UNIVERSE
			case "mpls":
				addr := &Addr{IPNet: &net.IPNet{IP: net.IP{10, 0, 0, 1}, Mask: net.CIDRMask(24, 32)}}
				if err := h.AddrAdd(link, addr); err != nil {
					t.Fatal(err)
				}
				route.Gw, route.Scope = net.IP{10, 0, 0, 2}, SCOPE_UNIVERSE
			}
			err = h.RouteAdd(route)
			if option := optionsOfEncaps[c.kind]; option != "" {
				nstest.NeedOption(t, option, "", err)
			}
			nstest.Need(t, "encapsulation "+c.kind, "", err)
			routes, err := h.RouteListFiltered(FAMILY_ALL, &Route{Dst: route.Dst}, RT_FILTER_DST)
			if err != nil || len(routes) != 1 {
				t.Fatalf("listed are %v, %v", routes, err)
			}
			if got := routes[0].Encap; got == nil || !got.Equal(c.read) {
				t.Errorf("the encapsulation is %v, want %v", got, c.read)
			}
			if got, want := toldEncap(t, h, route.Dst.IP.To4() == nil), c.bytes(t, c.told); !bytes.Equal(got, want) {
				t.Errorf("the kernel tells\n%x, captured is\n%x", got, want)
			}
			if err := h.RouteDel(&routes[0]); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestOptionsOfTunnelsOfTheKernel makes routes from what the kernel reports of them: the options of tunnels, which it
// takes in another form. Linux 6.18, built by a compiler that counts the bytes, goes down at them.
func TestOptionsOfTunnelsOfTheKernel(t *testing.T) {
	nstest.NeedGuest(t, "options of tunnels in routes")
	for _, c := range encapCaptures {
		if !strings.Contains(c.words, "_opts") {
			continue
		}
		t.Run(c.words, func(t *testing.T) {
			h, _ := newHandle(t)
			link := mustAdd(t, h, &Veth{LinkAttrs: named("v0"), PeerName: "v1"})
			if err := h.LinkSetUp(link); err != nil {
				t.Fatal(err)
			}
			route := &Route{LinkIndex: link.Index, Dst: ipv4Net("10.9.0.0/16"), Encap: c.read, Scope: SCOPE_LINK}
			if c.kind == "ip6" {
				route.Dst, route.Scope = ipv6Net("fd09::/32"), SCOPE_UNIVERSE
			}
			if err := h.RouteAdd(route); err != nil {
				t.Fatal(err)
			}
			if got, want := toldEncap(t, h, c.kind == "ip6"), c.bytes(t, c.told); !bytes.Equal(got, want) {
				t.Errorf("the kernel reports\n%x, captured is\n%x", got, want)
			}
			routes, err := h.RouteListFiltered(FAMILY_ALL, &Route{Dst: route.Dst}, RT_FILTER_DST)
			if err != nil || len(routes) != 1 || !reflect.DeepEqual(routes[0].Encap, c.read) {
				t.Fatalf("listed are %v, %v", routes, err)
			}
			if err := h.RouteDel(&routes[0]); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestBpfEncap has packets that leave go through a program that passes them, and reads the route as the kernel has it.
func TestBpfEncap(t *testing.T) {
	h, _ := newHandle(t)
	link := mustAdd(t, h, &Veth{LinkAttrs: named("v0"), PeerName: "v1"})
	if err := h.LinkSetUp(link); err != nil {
		t.Fatal(err)
	}
	// r0 = BPF_OK; exit
	program := [16]byte{0: 0xb7, 8: 0x95}
	license := []byte("GPL\x00")
	load := struct {
		kind, count    uint32
		insns, license uint64
		log            [4]uint32
		version, flags uint32
	}{kind: uapi.BPF_PROG_TYPE_LWT_OUT, count: 2}
	pin := new(runtime.Pinner)
	defer pin.Unpin()
	pin.Pin(&program)
	pin.Pin(&license[0])
	load.insns, load.license = uint64(uintptr(unsafe.Pointer(&program))), uint64(uintptr(unsafe.Pointer(&license[0])))
	fd, _, errno := unix.Syscall(unix.SYS_BPF, uapi.BPF_PROG_LOAD, uintptr(unsafe.Pointer(&load)), unsafe.Sizeof(load))
	if errno != 0 {
		nstest.Need(t, "loading BPF programs", "", errno)
	}
	defer unix.Close(int(fd))
	e := new(BpfEncap)
	if err := e.SetProg(uapi.LWT_BPF_OUT, int(fd), "kern"); err != nil {
		t.Fatal(err)
	}
	if err := e.SetXmitHeadroom(uapi.LWT_BPF_MAX_HEADROOM + 1); err == nil {
		t.Error("more headroom than the kernel has is taken")
	}
	if err := e.SetXmitHeadroom(16); err != nil {
		t.Fatal(err)
	}
	route := &Route{LinkIndex: link.Index, Dst: ipv4Net("10.9.0.0/16"), Encap: e, Scope: SCOPE_LINK}
	nstest.Need(t, "encapsulation bpf", "", h.RouteAdd(route))
	routes, err := h.RouteListFiltered(FAMILY_V4, &Route{Dst: route.Dst}, RT_FILTER_DST)
	// it keeps the headroom of xmit alone
	if err != nil || len(routes) != 1 || !routes[0].Encap.Equal(bpfOut(fmt.Sprintf("kern[fd:%d]", fd), 0)) {
		t.Fatalf("listed are %v, %v", routes, err)
	}
	if err := h.RouteDel(&routes[0]); err != nil {
		t.Error(err)
	}
}

// toldEncap is the last RTA_ENCAP in the table of routes.
func toldEncap(t *testing.T, h *Handle, v6 bool) (encap []byte) {
	c, err := h.conn(uapi.NETLINK_ROUTE)
	if err != nil {
		t.Fatal(err)
	}
	r := wire.NewRequest(uapi.RTM_GETROUTE, 0)
	m := uapi.Rtmsg{Family: uapi.AF_INET}
	if v6 {
		m.Family = uapi.AF_INET6
	}
	m.Put(r.Header(uapi.SizeofRtmsg))
	for m, err := range c.Dump(context.Background(), r) {
		if err != nil {
			t.Fatal(err)
		}
		for d := wire.NewDecoderAfter(m.Data, uapi.SizeofRtmsg); d.Next(); {
			if d.Type() == uapi.RTA_ENCAP {
				encap = d.Bytes()
			}
		}
	}
	return encap
}
