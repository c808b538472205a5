package netlink_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"net"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"kern.sys/internal/native"
	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/netlink/nl"
	"kern.sys/netns"
	"kern.sys/unix"
)

func ipNet(t testing.TB, s string) *net.IPNet {
	t.Helper()
	n, err := netlink.ParseIPNet(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func xfrmHandle(t testing.TB) (*netlink.Handle, netns.NsHandle) {
	t.Helper()
	ns := nstest.New(t)
	h, err := netlink.NewHandleAt(ns)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h, ns
}

// ipIn runs ip in a namespace and returns what it says.
func ipIn(t testing.TB, ns netns.NsHandle, args ...string) string {
	t.Helper()
	var out []byte
	err := netns.Do(ns, func() (err error) {
		out, err = exec.Command("ip", args...).CombinedOutput()
		return err
	})
	if err != nil {
		t.Fatalf("ip %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func xfrmPolicy(t testing.TB) *netlink.XfrmPolicy {
	return &netlink.XfrmPolicy{
		Src: ipNet(t, "2001:db8:1::/64"), Dst: ipNet(t, "2001:db8:2::/64"), Proto: syscall.IPPROTO_UDP, DstPort: 53,
		Dir: netlink.XFRM_DIR_OUT, Priority: 100, Mark: &netlink.XfrmMark{Value: 1, Mask: 255},
		Tmpls: []netlink.XfrmPolicyTmpl{
			{Src: net.ParseIP("2001:db8::1"), Dst: net.ParseIP("2001:db8::2"), Proto: netlink.XFRM_PROTO_ESP, Reqid: 7,
				Mode: netlink.XFRM_MODE_TUNNEL},
		},
	}
}

func TestXfrmPoliciesWithIp(t *testing.T) {
	h, ns := xfrmHandle(t)
	p := xfrmPolicy(t)
	if err := h.XfrmPolicyAdd(p); err != nil {
		t.Fatal(err)
	}
	ours := ipIn(t, ns, "xfrm", "policy")
	for _, want := range []string{"src 2001:db8:1::/64 dst 2001:db8:2::/64 proto udp dport 53", "dir out priority 100",
		"mark 0x1/0xff", "tmpl src 2001:db8::1 dst 2001:db8::2", "proto esp reqid 7 mode tunnel"} {
		if !strings.Contains(ours, want) {
			t.Errorf("ip shows\n%s, without %q", ours, want)
		}
	}
	found, err := h.XfrmPolicyGet(p)
	if err != nil {
		t.Fatal(err)
	}
	all, err := h.XfrmPolicyList(netlink.FAMILY_V6)
	if err != nil || len(all) != 1 || !reflect.DeepEqual(&all[0], found) {
		t.Errorf("got %v, listed %v, %v", found, all, err)
	}
	if none, err := h.XfrmPolicyList(netlink.FAMILY_V4); err != nil || len(none) != 0 {
		t.Error(none, err)
	}
	p.Priority = 5
	if err := h.XfrmPolicyUpdate(p); err != nil {
		t.Fatal(err)
	}
	n := 0
	for q, err := range h.XfrmPolicySeq(0) {
		if n++; err != nil || q.Priority != 5 || q.Tmpls[0].Family != netlink.FAMILY_V6 || q.String() == "" {
			t.Error(q, err)
		}
	}
	if n != 1 {
		t.Errorf("%d policies", n)
	}
	if err := h.XfrmPolicyDel(p); err != nil {
		t.Fatal(err)
	}
	if _, err := h.XfrmPolicyGet(p); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	// What ip makes is read, and made again by us it is shown alike.
	const sel = "src 10.1.0.0/16 dst 10.2.0.0/16 proto icmp type 8 code 0"
	ipIn(t, ns, append(strings.Fields("xfrm policy add "+sel+
		" dir fwd action block priority 9 flag icmp tmpl proto ah mode transport level use"), "limit", "packet-hard",
		"10")...)
	theirs := ipIn(t, ns, "xfrm", "policy")
	all, err = h.XfrmPolicyList(0)
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	if q := all[0]; q.SrcPort != 8 || q.DstPortMask != 0xffff || q.Action != netlink.XFRM_POLICY_BLOCK ||
		q.Limits.PacketHard != 10 || q.Tmpls[0].Optional != 1 {
		t.Errorf("%+v", q)
	}
	if err := h.XfrmPolicyFlush(); err != nil {
		t.Fatal(err)
	}
	if err := h.XfrmPolicyAdd(&all[0]); err != nil {
		t.Fatal(err)
	}
	if ours := ipIn(t, ns, "xfrm", "policy"); ours != theirs {
		t.Errorf("ip's policy\n%s\nours\n%s", theirs, ours)
	}
}

func TestXfrmTables(t *testing.T) {
	h, _ := xfrmHandle(t)
	if err := h.XfrmPolicyAdd(xfrmPolicy(t)); err != nil {
		t.Fatal(err)
	}
	if err := h.XfrmSpdSetThresholds(&netlink.XfrmHashThreshold{Local: 24, Remote: 16}, nil); err != nil {
		t.Fatal(err)
	}
	spd, err := h.XfrmSpdInfoGet()
	if err != nil || spd.Out != 1 || spd.Thresholds4 != (netlink.XfrmHashThreshold{Local: 24, Remote: 16}) ||
		spd.MaxBuckets == 0 {
		t.Errorf("%+v, %v", spd, err)
	}
	sad, err := h.XfrmSadInfoGet()
	if err != nil || sad.Count != 0 || sad.MaxBuckets == 0 {
		t.Errorf("%+v, %v", sad, err)
	}
	if err := h.XfrmDefaultsSet(netlink.XfrmDefaults{Fwd: 1}); err != nil {
		t.Fatal(err)
	}
	d, err := h.XfrmDefaultsGet()
	if err != nil || *d != (netlink.XfrmDefaults{In: 2, Fwd: 1, Out: 2}) {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestXfrmMonitorReportsPolicies(t *testing.T) {
	h, _ := xfrmHandle(t)
	ch, done, errs := make(chan netlink.XfrmMsg), make(chan struct{}), make(chan error, 1)
	if err := h.XfrmMonitor(ch, done, errs); err != nil {
		t.Fatal(err)
	}
	next := func() netlink.XfrmMsg {
		select {
		case m := <-ch:
			return m
		case err := <-errs:
			t.Fatal(err)
		case <-time.After(10 * time.Second):
			t.Fatal("nothing comes")
		}
		return nil
	}
	p := xfrmPolicy(t)
	for typ, change := range map[nl.XfrmMsgType]func() error{
		nl.XFRM_MSG_NEWPOLICY: func() error { return h.XfrmPolicyAdd(p) },
	} {
		if err := change(); err != nil {
			t.Fatal(err)
		}
		m, ok := next().(*netlink.XfrmMsgPolicy)
		if !ok || m.Type() != typ || m.XfrmPolicy.Priority != 100 || len(m.XfrmPolicy.Tmpls) != 1 {
			t.Errorf("%#v", m)
		}
	}
	if err := h.XfrmPolicyDel(p); err != nil {
		t.Fatal(err)
	}
	if m, ok := next().(*netlink.XfrmMsgPolicy); !ok || m.Type() != nl.XFRM_MSG_DELPOLICY ||
		m.XfrmPolicy.Priority != 100 || m.XfrmPolicy.Dir != netlink.XFRM_DIR_OUT {
		t.Errorf("%#v", m)
	}
	// A table that is empty is flushed silently.
	if err := h.XfrmPolicyAdd(p); err != nil {
		t.Fatal(err)
	}
	next()
	if err := h.XfrmPolicyFlush(); err != nil {
		t.Fatal(err)
	}
	if m, ok := next().(*netlink.XfrmMsgPolicyFlush); !ok {
		t.Errorf("%#v", m)
	}
	// A larval state without keys needs no algorithm of the kernel; the kernel announces it once it exists.
	s, err := h.XfrmStateAllocSpiIn(&netlink.XfrmState{Src: net.IP{192, 0, 2, 1}, Dst: net.IP{192, 0, 2, 2},
		Proto: netlink.XFRM_PROTO_ESP, Mode: netlink.XFRM_MODE_TUNNEL}, 0x200, 0x2ff)
	nstest.Need(t, "ESP", "", err)
	if err != nil || s.Spi < 0x200 || s.Spi > 0x2ff {
		t.Error(s, err)
	}
	close(done)
	if _, open := <-ch; open {
		t.Error("a message came, and nothing had happened")
	}
	if err := h.XfrmMonitor(ch, nil, errs, 3); err == nil {
		t.Error("messages of a type that there is not are awaited")
	}
}

// gcm is a state with a key; reqid 7 is what the templates of tests ask for.
func gcm(src, dst string, spi int, mode netlink.Mode) *netlink.XfrmState {
	return &netlink.XfrmState{
		Src: net.ParseIP(src), Dst: net.ParseIP(dst), Proto: netlink.XFRM_PROTO_ESP, Spi: spi, Mode: mode, Reqid: 7,
		ReplayWindow: 32, Aead: &netlink.XfrmStateAlgo{Name: "rfc4106(gcm(aes))", Key: bytes.Repeat([]byte{0x5a}, 20),
			ICVLen: 128},
	}
}

func needESP(t testing.TB, h *netlink.Handle, s *netlink.XfrmState) {
	t.Helper()
	nstest.Need(t, "ESP", "", h.XfrmStateAdd(s))
}

func TestXfrmStatesWithIp(t *testing.T) {
	h, ns := xfrmHandle(t)
	s := gcm("192.0.2.1", "192.0.2.2", 0x1234, netlink.XFRM_MODE_TUNNEL)
	s.ESN, s.ReplayWindow, s.Mark, s.Limits.PacketSoft = true, 128, &netlink.XfrmMark{Value: 3, Mask: 15}, 99
	s.OutputMark = &netlink.XfrmMark{Value: 5, Mask: 7}
	s.Encap = &netlink.XfrmStateEncap{Type: netlink.XFRM_ENCAP_ESPINUDP, SrcPort: 4500, DstPort: 4501}
	needESP(t, h, s)
	theirs := ipIn(t, ns, "-s", "xfrm", "state")
	for _, want := range []string{"src 192.0.2.1 dst 192.0.2.2", "proto esp spi 0x00001234",
		"reqid 7(0x00000007) mode tunnel", "replay-window 0", "esn",
		"aead rfc4106(gcm(aes)) 0x5a5a5a", "replay_window 128", "mark 0x3/0xf", "output-mark 0x5/0x7", "soft 99(packets)",
		"encap type espinudp sport 4500 dport 4501"} {
		if !strings.Contains(theirs, want) {
			t.Errorf("ip shows\n%s, without %q", theirs, want)
		}
	}
	got, err := h.XfrmStateGet(s)
	if err != nil || !got.ESN || got.ReplayWindow != 128 || !reflect.DeepEqual(got.Aead, s.Aead) ||
		got.Limits.PacketSoft != 99 || got.Encap.DstPort != 4501 || *got.OutputMark != *s.OutputMark {
		t.Errorf("%v, %v", got, err)
	}
	// Deleted and made again of what was read it is the same.
	if err := h.XfrmStateDel(got); err != nil {
		t.Fatal(err)
	}
	got.Statistics = netlink.XfrmStateStats{}
	if err := h.XfrmStateAdd(got); err != nil {
		t.Fatal(err)
	}
	configured := func(s string) string { s, _, _ = strings.Cut(s, "lifetime current"); return s }
	if again := ipIn(t, ns, "-s", "xfrm", "state"); configured(theirs) != configured(again) {
		t.Errorf("first\n%s\nagain\n%s", theirs, again)
	}
	six := gcm("2001:db8::1", "2001:db8::2", 7, netlink.XFRM_MODE_TRANSPORT)
	if err := h.XfrmStateAdd(six); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		filter netlink.XfrmStateFilter
		want   int
	}{
		"all": {netlink.XfrmStateFilter{}, 2}, "IPv6": {netlink.XfrmStateFilter{Family: netlink.FAMILY_V6}, 1},
		"source":         {netlink.XfrmStateFilter{Src: ipNet(t, "192.0.2.0/24")}, 1},
		"another source": {netlink.XfrmStateFilter{Src: ipNet(t, "198.51.100.0/24")}, 0},
		"AH":             {netlink.XfrmStateFilter{Proto: netlink.XFRM_PROTO_AH}, 0},
		"IPsec":          {netlink.XfrmStateFilter{Proto: netlink.XFRM_PROTO_IPSEC_ANY}, 2},
	} {
		list, err := h.XfrmStateListFiltered(c.filter)
		if err != nil || len(list) != c.want {
			t.Errorf("%s: %d states, %v, want %d", name, len(list), err, c.want)
		}
		n := 0
		for _, err := range h.XfrmStateSeq(c.filter) {
			if n++; err != nil {
				t.Error(name, err)
			}
		}
		if n != c.want {
			t.Errorf("%s: %d states streamed", name, n)
		}
	}
	six.ReplayMaxDiff = new(uint32(17))
	six.Replay = &netlink.XfrmReplayState{OSeq: 5, Seq: 6}
	if err := h.XfrmAeventSet(six); err != nil {
		t.Error(err)
	}
	if ae, err := h.XfrmAeventGet(six); err != nil || ae.Replay.OSeq != 5 || ae.ReplayMaxDiff == nil ||
		*ae.ReplayMaxDiff != 17 {
		t.Errorf("%v, %v", ae, err)
	}
	six.Limits.TimeHard = 1000
	if err := h.XfrmStateUpdate(six); err != nil {
		t.Error(err)
	}
	if list, err := h.XfrmStateList(netlink.FAMILY_V6); err != nil || len(list) != 1 || list[0].Limits.TimeHard != 1000 ||
		list[0].Limits.ByteHard != math.MaxUint64 {
		t.Error(list, err)
	}
	larval, err := h.XfrmStateAllocSpi(&netlink.XfrmState{Src: six.Src, Dst: six.Dst, Proto: netlink.XFRM_PROTO_ESP,
		Mode: netlink.XFRM_MODE_TUNNEL})
	if err != nil || larval.Spi < 0x100 {
		t.Error(larval, err)
	}
	if err := h.XfrmStateFlush(netlink.XFRM_PROTO_ESP); err != nil {
		t.Error(err)
	}
	if n, err := h.XfrmSadInfoGet(); err != nil || n.Count != 0 {
		t.Error(n, err)
	}
}

func TestXfrmMigratesStates(t *testing.T) {
	h, _ := xfrmHandle(t)
	s := gcm("192.0.2.1", "192.0.2.2", 9, netlink.XFRM_MODE_TUNNEL)
	s.SADir, s.ReplayWindow = netlink.XFRM_SA_DIR_OUT, 0 // which keeping a translator's state alive needs
	needESP(t, h, s)
	p := &netlink.XfrmPolicy{Src: ipNet(t, "10.1.0.0/16"), Dst: ipNet(t, "10.2.0.0/16"), Dir: netlink.XFRM_DIR_OUT,
		Tmpls: []netlink.XfrmPolicyTmpl{{Src: s.Src, Dst: s.Dst, Proto: s.Proto, Mode: s.Mode, Reqid: 7}}}
	if err := h.XfrmPolicyAdd(p); err != nil {
		t.Fatal(err)
	}
	to := netlink.XfrmMigration{OldSrc: s.Src, OldDst: s.Dst, NewSrc: net.IP{192, 0, 2, 11},
		NewDst: net.IP{192, 0, 2, 12}, Proto: s.Proto, Mode: s.Mode, Reqid: 7}
	ch, done := make(chan netlink.XfrmMsg), make(chan struct{})
	if err := h.XfrmMonitor(ch, done, nil, nl.XFRM_MSG_MIGRATE, netlink.XFRM_MSG_MIGRATE_STATE); err != nil {
		t.Fatal(err)
	}
	defer func() {
		close(done)
		for range ch {
		}
	}()
	km := &netlink.XfrmKMAddress{Local: net.IP{192, 0, 2, 31}, Remote: net.IP{192, 0, 2, 32}}
	nstest.NeedOption(t, "CONFIG_XFRM_MIGRATE", "", h.XfrmMigrate(p, []netlink.XfrmMigration{to}, nil, km))
	if m, ok := (<-ch).(*netlink.XfrmMsgMigrate); !ok || len(m.Migrations) != 1 || m.KMAddress == nil ||
		!m.KMAddress.Local.Equal(km.Local) || !m.KMAddress.Remote.Equal(km.Remote) {
		t.Errorf("%+v", m)
	}
	list, err := h.XfrmStateList(0)
	if err != nil || len(list) != 1 || !list[0].Dst.Equal(to.NewDst) || !list[0].Src.Equal(to.NewSrc) {
		t.Errorf("%v, %v", list, err)
	}
	moved := netlink.XfrmStateMigration{NewSrc: net.IP{192, 0, 2, 21}, NewDst: net.IP{192, 0, 2, 22}, NewReqid: 7,
		OutputMark: &netlink.XfrmMark{Value: 5, Mask: 7}, NatKeepalive: new(uint32(20)),
		Encap: &netlink.XfrmStateEncap{Type: netlink.XFRM_ENCAP_ESPINUDP, SrcPort: 4500, DstPort: 4501}}
	nstest.Need(t, "migration of one state", "7.3", h.XfrmStateMigrate(&list[0], moved))
	m, ok := (<-ch).(*netlink.XfrmMsgMigrateState)
	if !ok || !m.NewDst.Equal(moved.NewDst) || m.OutputMark == nil || *m.OutputMark != *moved.OutputMark ||
		m.NatKeepalive == nil || *m.NatKeepalive != 20 || m.Encap == nil || m.Encap.DstPort != 4501 {
		t.Errorf("%+v", m)
	}
	if list, err = h.XfrmStateList(0); err != nil || len(list) != 1 || !list[0].Dst.Equal(moved.NewDst) ||
		list[0].Spi != 9 || list[0].NatKeepalive != 20 || list[0].Encap == nil || list[0].OutputMark == nil ||
		*list[0].OutputMark != *moved.OutputMark {
		t.Errorf("%v, %v", list, err)
	}
	moved = netlink.XfrmStateMigration{NewSrc: moved.NewDst, NewDst: moved.NewSrc, NewReqid: 7,
		NatKeepalive: new(uint32(0)), Encap: &netlink.XfrmStateEncap{}}
	if err := h.XfrmStateMigrate(&list[0], moved); err != nil {
		t.Fatal(err)
	}
	<-ch
	if list, err = h.XfrmStateList(0); err != nil || len(list) != 1 || list[0].Encap != nil {
		t.Errorf("%v, %v", list, err)
	}
}

// Two hosts talk by IPsec: ESP is seen on the wire, and what the other end reads is what was sent.
func TestXfrmTrafficIsEncrypted(t *testing.T) {
	nstest.NeedChecksums(t)
	for name, c := range map[string]struct {
		mode         netlink.Mode
		inner, other string
		ifid         int // of a link of kind xfrm that has the inner addresses, 0: without
	}{
		"transport": {netlink.XFRM_MODE_TRANSPORT, "10.0.0.1", "10.0.0.2", 0},
		"tunnel":    {netlink.XFRM_MODE_TUNNEL, "10.1.0.1", "10.1.0.2", 0},
		"beet":      {netlink.XFRM_MODE_BEET, "10.1.0.1", "10.1.0.2", 0},
		"interface": {netlink.XFRM_MODE_TUNNEL, "10.1.0.1", "10.1.0.2", 5},
	} {
		t.Run(name, func(t *testing.T) {
			a, nsA := xfrmHandle(t)
			b, nsB := xfrmHandle(t)
			ab := gcm("10.0.0.1", "10.0.0.2", 0x101, c.mode)
			ba := gcm("10.0.0.2", "10.0.0.1", 0x102, c.mode)
			if c.mode == netlink.XFRM_MODE_BEET {
				ab.Selector = &netlink.XfrmPolicy{Src: ipNet(t, c.inner+"/32"), Dst: ipNet(t, c.other+"/32")}
				ba.Selector = &netlink.XfrmPolicy{Src: ipNet(t, c.other+"/32"), Dst: ipNet(t, c.inner+"/32")}
			}
			ab.Ifid, ba.Ifid = c.ifid, c.ifid
			needESP(t, a, ab)
			for h, s := range map[*netlink.Handle][]*netlink.XfrmState{a: {ba}, b: {ab, ba}} {
				for _, s := range s {
					if err := h.XfrmStateAdd(s); err != nil {
						t.Fatal(err)
					}
				}
			}
			if err := a.LinkAdd(&netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: "v0"}, PeerName: "v1",
				PeerNamespace: netlink.NsFd(nsB)}); err != nil {
				t.Fatal(err)
			}
			for _, e := range []struct {
				h           *netlink.Handle
				link        string
				outer       string
				inner, peer string
				out, in     *netlink.XfrmState
			}{{a, "v0", "10.0.0.1", c.inner, c.other, ab, ba}, {b, "v1", "10.0.0.2", c.other, c.inner, ba, ab}} {
				l, err := e.h.LinkByName(e.link)
				if err != nil {
					t.Fatal(err)
				}
				inside := l
				if c.ifid != 0 {
					x := &netlink.Xfrmi{LinkAttrs: netlink.LinkAttrs{Name: "x0", ParentIndex: l.Attrs().Index}, Ifid: uint32(c.ifid)}
					if err := e.h.LinkAdd(x); err != nil {
						t.Fatal(err)
					}
					if inside, err = e.h.LinkByName("x0"); err != nil {
						t.Fatal(err)
					}
				}
				for addr, on := range map[string]netlink.Link{e.outer + "/24": l, e.inner + "/24": inside} {
					n, err := netlink.ParseAddr(addr)
					if err != nil {
						t.Fatal(err)
					}
					if err := e.h.AddrAdd(on, n); err != nil {
						t.Fatal(err)
					}
					if err := e.h.LinkSetUp(on); err != nil {
						t.Fatal(err)
					}
				}
				for dir, s := range map[netlink.Dir]*netlink.XfrmState{netlink.XFRM_DIR_OUT: e.out, netlink.XFRM_DIR_IN: e.in} {
					src, dst := e.inner, e.peer
					if dir == netlink.XFRM_DIR_IN {
						src, dst = dst, src
					}
					p := &netlink.XfrmPolicy{Src: ipNet(t, src+"/32"), Dst: ipNet(t, dst+"/32"), Dir: dir, Ifid: c.ifid,
						Tmpls: []netlink.XfrmPolicyTmpl{
							{Src: s.Src, Dst: s.Dst, Proto: s.Proto, Mode: s.Mode, Reqid: 7}}}
					if err := e.h.XfrmPolicyAdd(p); err != nil {
						t.Fatal(err)
					}
				}
			}
			esp := tapESP(t, nsB)
			const text = "what nobody on the wire is to read"
			exchange(t, nsA, nsB, c.other, text)
			frame := esp()
			if bytes.Contains(frame, []byte(text)) {
				t.Error("the text is on the wire")
			}
			for h, s := range map[*netlink.Handle]*netlink.XfrmState{a: ab, b: ab} {
				got, err := h.XfrmStateGet(s)
				if err != nil || got.Statistics.Packets == 0 || got.Statistics.UseTime == 0 || got.Statistics.Failed != 0 {
					t.Errorf("%v, %v", got.Print(true), err)
				}
			}
		})
	}
}

// tapESP returns a function that waits for the first packet of ESP that comes into a namespace. A raw socket of IP
// would not do: in transport mode policies refuse it what was not decrypted.
func tapESP(t testing.TB, ns netns.NsHandle) func() []byte {
	t.Helper()
	var file *os.File
	err := netns.Do(ns, func() error {
		proto := native.Uint16(binary.BigEndian.AppendUint16(nil, unix.ETH_P_IP))
		fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, int(proto))
		if err != nil {
			return err
		}
		file = os.NewFile(uintptr(fd), "packets")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return func() []byte {
		if err := file.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		for {
			b := make([]byte, 2000)
			n, err := file.Read(b)
			if err != nil {
				t.Fatal("no ESP on the wire:", err)
			}
			if n > 20 && b[9] == unix.IPPROTO_ESP {
				return b[:n]
			}
		}
	}
}

// exchange sends a text by UDP from one namespace to an address in another, and waits until it has arrived.
func exchange(t testing.TB, from, to netns.NsHandle, addr, text string) {
	t.Helper()
	var server net.PacketConn
	var client net.Conn
	err := netns.Do(to, func() (err error) {
		server, err = net.ListenPacket("udp4", addr+":4711")
		return err
	})
	if err == nil {
		err = netns.Do(from, func() (err error) {
			client, err = net.Dial("udp4", addr+":4711")
			return err
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	defer client.Close()
	if _, err := io.WriteString(client, text); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 2000)
	if err := server.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	n, _, err := server.ReadFrom(b)
	if err != nil || string(b[:n]) != text {
		t.Fatalf("read %q, %v", b[:n], err)
	}
}

func TestXfrmExpireIsReported(t *testing.T) {
	h, _ := xfrmHandle(t)
	ch, done := make(chan netlink.XfrmMsg), make(chan struct{})
	if err := h.XfrmMonitor(ch, done, nil, nl.XFRM_MSG_EXPIRE); err != nil {
		t.Fatal(err)
	}
	s := gcm("192.0.2.1", "192.0.2.2", 9, netlink.XFRM_MODE_TUNNEL)
	s.Limits.TimeHard, s.Limits.TimeSoft = 2, 1
	needESP(t, h, s)
	for _, hard := range []bool{false, true} {
		select {
		case m := <-ch:
			e, ok := m.(*netlink.XfrmMsgExpire)
			if !ok || e.Hard != hard || e.XfrmState.Spi != 9 || !e.XfrmState.Dst.Equal(s.Dst) {
				t.Errorf("%#v, want hard %v", m, hard)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("nothing comes")
		}
	}
	close(done)
	if _, open := <-ch; open {
		t.Error("more comes than two expiries")
	}
}

func TestXfrmEventsAsIterator(t *testing.T) {
	h, _ := xfrmHandle(t)
	for _, err := range h.XfrmEvents(3) {
		if err == nil {
			t.Error("messages of a type that there is not are awaited")
		}
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	for m, err := range h.XfrmEvents() {
		if err == nil {
			t.Error("a closed handle tells", m)
		}
	}
	for e, err := range h.ProcEvents() {
		if err == nil {
			t.Error("a closed handle tells", e)
		}
	}
}
