package netlink

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"testing"
	"time"

	"kern.sys/internal/capture"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nltest"
	"kern.sys/netlink/wire"
)

// aReply is one kind of reply, as the kernel sent it, and what reads it.
type aReply struct {
	name   string
	typ    uint16
	header int
	bytes  []byte
	decode func([]byte) error
}

// both reads a reply as a value and as an entry.
func both(value, entry func([]byte) error) func([]byte) error {
	return func(b []byte) error { return errors.Join(value(b), entry(b)) }
}

func errorOf[T any](decode func([]byte) (T, error)) func([]byte) error {
	return func(b []byte) error {
		_, err := decode(b)
		return err
	}
}

// replies are all that the tests of the decoders have captured.
func replies(t testing.TB) (all []aReply) {
	add := func(name string, typ uint16, header int, b []byte, decode func([]byte) error) {
		all = append(all, aReply{name, typ, header, b, decode})
	}
	for _, c := range addrReplies {
		add("addr: "+c.name, uapi.RTM_NEWADDR, uapi.SizeofIfaddrmsg, capture.Message(t, uapi.RTM_NEWADDR, c.bytes),
			errorOf(decodeAddr))
	}
	for _, c := range neighReplies {
		add("neigh: "+c.name, uapi.RTM_NEWNEIGH, uapi.SizeofNdmsg, capture.Message(t, uapi.RTM_NEWNEIGH, c.bytes),
			both(errorOf(decodeNeigh), new(NeighEntry).decode))
	}
	for _, c := range routeReplies {
		add("route: "+c.name, uapi.RTM_NEWROUTE, uapi.SizeofRtmsg, capture.Message(t, uapi.RTM_NEWROUTE, c.bytes),
			errorOf(decodeRoute))
	}
	for _, c := range ruleReplies {
		add("rule: "+c.name, uapi.RTM_NEWRULE, uapi.SizeofFibRuleHdr, capture.Message(t, uapi.RTM_NEWRULE, c.bytes),
			errorOf(decodeRule))
	}
	for _, c := range nexthopMessages {
		add("nexthop: "+c.command, uapi.RTM_NEWNEXTHOP, uapi.SizeofNhmsg, capture.Message(t, uapi.RTM_NEWNEXTHOP, c.reply),
			errorOf(decodeNexthop))
	}
	add("link: veth", uapi.RTM_NEWLINK, uapi.SizeofIfinfomsg, capturedFile(t, "link_veth_port.txt"),
		both(errorOf(decodeLink), new(LinkEntry).decode))
	add("link: virtual functions", uapi.RTM_NEWLINK, uapi.SizeofIfinfomsg, capture.Message(t, uapi.RTM_NEWLINK, vfList),
		errorOf(decodeLink))
	for _, c := range tcTold {
		add("tc: "+c.text[:48], c.typ, uapi.SizeofTcmsg, capture.Message(t, c.typ, c.text), func(b []byte) error {
			_, err := decodeTold(c.typ, b)
			return err
		})
	}
	return all
}

// readAll has Watch and a mirror read a reply, if it is of a table.
func (r *aReply) readAll(data []byte) error {
	var w tableWatch
	parts := allParts(uapi.NETLINK_ROUTE)
	for i := range parts {
		w.parts = append(w.parts, &parts[i])
	}
	m := followerOf(parts)
	msg := wire.Message{Type: r.typ, Data: data}
	_, _, watch := w.decode(msg)
	mirror := m.apply(msg)
	s := m.snapshot()
	s.since(&Snapshot{parts: make([]snapshotPart, len(s.parts))}, func(Event) bool { return true })
	msg.Type++ // it is gone
	return errors.Join(watch, mirror, m.apply(msg))
}

// TestEveryByteOfEveryReplyMutated changes each byte of each reply to a few other
// values, and cuts the reply off before it: nothing may panic.
func TestEveryByteOfEveryReplyMutated(t *testing.T) {
	n := 0
	for _, r := range replies(t) {
		if err := r.readAll(r.bytes); err != nil {
			t.Errorf("%s: %v", r.name, err)
		}
		for i, was := range r.bytes {
			for _, v := range []byte{0, 1, 3, 4, 5, was - 1, was + 1, was ^ 0x80, 0x7f, 0xff} {
				b := slices.Clone(r.bytes)
				b[i] = v
				_, _ = r.readAll(b), r.decode(b)
				n++
			}
			_ = r.readAll(slices.Clip(r.bytes[:i]))
			_ = r.decode(slices.Clip(r.bytes[:i]))
		}
	}
	if n < 10_000 {
		t.Errorf("%d mutations only", n)
	}
}

// attribute is a type and a length, which may be wrong, and bytes.
func attribute(typ, length int, data ...byte) []byte {
	b := binary.NativeEndian.AppendUint16(nil, uint16(length))
	b = append(binary.NativeEndian.AppendUint16(b, uint16(typ)), data...)
	return append(b, make([]byte, (4-len(b)%4)%4)...)
}

// TestOddAttributes puts behind each reply attributes that no kernel sends. Those that
// leave the message no sense are errors, the others change nothing or are passed over.
func TestOddAttributes(t *testing.T) {
	const unknown = 4000 // a type that no family has
	inner := attribute(1, 4096, 1, 2, 3, 4)
	for name, c := range map[string]struct {
		tail []byte
		bad  bool
	}{
		"length 0":             {attribute(unknown, 0), true},
		"length 1":             {attribute(unknown, 1), true},
		"length 2":             {attribute(unknown, 2), true},
		"length 3":             {attribute(unknown, 3), true},
		"length 4, no payload": {attribute(unknown, 4), false},
		"past the end":         {attribute(unknown, 5000, 1, 2, 3, 4), true},
		"a nest whose inner one is past its end, of an unknown type": {attribute(unknown|uapi.NLA_F_NESTED, 4+len(inner),
			inner...), false},
		"the largest":             {attribute(unknown, 1<<16-1, make([]byte, 1<<16-5)...), false},
		"a megabyte of small":     {bytes.Repeat(attribute(unknown, 8, 1, 2, 3, 4), 1<<17), false},
		"three bytes of nothing":  {[]byte{1, 2, 3}, false},
		"a megabyte of no length": {make([]byte, 1<<20), true},
	} {
		for _, r := range replies(t) {
			began := time.Now()
			odd := slices.Concat(r.bytes, c.tail)
			err := r.decode(odd)
			if (err != nil) != c.bad || err != nil && !errors.Is(err, wire.ErrMalformed) {
				t.Errorf("%s, %s: %v", r.name, name, err)
			}
			if d := time.Since(began); d > patience {
				t.Errorf("%s, %s: took %v", r.name, name, d)
			}
			if len(odd) < 10_000 {
				_ = r.readAll(odd)
			}
		}
	}
}

// TestNestsPastTheEnd has attributes inside known nests that say they are longer than
// the nest.
func TestNestsPastTheEnd(t *testing.T) {
	inner := attribute(1, 4096, 1, 2, 3, 4)
	for name, b := range map[string]struct {
		decode func([]byte) error
		data   []byte
	}{
		"link, IFLA_LINKINFO": {errorOf(decodeLink),
			slices.Concat(make([]byte, uapi.SizeofIfinfomsg), attribute(uapi.IFLA_LINKINFO, 4+len(inner), inner...))},
		"link, IFLA_VFINFO_LIST": {errorOf(decodeLink),
			slices.Concat(make([]byte, uapi.SizeofIfinfomsg), attribute(uapi.IFLA_VFINFO_LIST, 4+len(inner), inner...))},
		"route, RTA_METRICS": {errorOf(decodeRoute),
			slices.Concat(capture.Message(t, uapi.RTM_NEWROUTE, "02000000 fe000001 00000000"),
				attribute(uapi.RTA_METRICS, 4+len(inner), inner...))},
		"route, RTA_MULTIPATH": {errorOf(decodeRoute),
			slices.Concat(capture.Message(t, uapi.RTM_NEWROUTE, "02000000 fe000001 00000000"),
				attribute(uapi.RTA_MULTIPATH, 12, 0xff, 0, 0, 0, 1, 0, 0, 0))},
	} {
		if err := b.decode(b.data); !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRepeatedAttributes has all attributes of each reply a thousand times: the last
// one counts, and memory does not grow with each.
func TestRepeatedAttributes(t *testing.T) {
	for _, r := range replies(t) {
		attrs := r.bytes[r.header:]
		attrs = append(slices.Clone(attrs), make([]byte, (4-len(attrs)%4)%4)...)
		if err := r.readAll(slices.Concat(r.bytes[:r.header], bytes.Repeat(attrs, 1000))); err != nil {
			t.Errorf("%s: %v", r.name, err)
		}
	}
	addr, err := decodeAddr(slices.Concat(capture.Message(t, uapi.RTM_NEWADDR, "02180000 01000000"),
		attribute(uapi.IFA_LOCAL, 8, 10, 0, 0, 1), attribute(uapi.IFA_LOCAL, 8, 10, 0, 0, 2)))
	if err != nil || addr.IPNet.String() != "10.0.0.2/24" {
		t.Errorf("got %v, %v", addr.IPNet, err)
	}
}

// TestLinkWithHundredsOfVFs has a link that is larger than a receive buffer.
func TestLinkWithHundredsOfVFs(t *testing.T) {
	const n = 900
	m := linkMessage(uapi.Ifinfomsg{Index: 7}, func(e *wire.Encoder) {
		e.String(uapi.IFLA_IFNAME, "pf0")
		e.Uint32(uapi.IFLA_NUM_VF, n)
		e.Nest(uapi.IFLA_VFINFO_LIST)
		for i := range n {
			e.Nest(uapi.IFLA_VF_INFO)
			e.Struct(uapi.IFLA_VF_VLAN, uapi.SizeofIflaVfVlan, &uapi.IflaVfVlan{Vf: uint32(i), Vlan: uint32(i)})
			e.Data(uapi.IFLA_VF_MAC, slices.Concat(native.AppendUint32(nil, uint32(i)), make([]byte, 32)))
			e.End()
		}
		e.End()
		e.Data(uapi.IFLA_PHYS_PORT_NAME, bytes.Repeat([]byte("p"), 20_000))
	})
	if len(m) <= 64<<10 {
		t.Fatalf("%d bytes", len(m))
	}
	h := fakeHandle(t, func(req []byte) []nltest.Datagram {
		var hdr uapi.Nlmsghdr
		hdr.Decode(req)
		if hdr.Flags&uapi.NLM_F_DUMP == uapi.NLM_F_DUMP {
			return []nltest.Datagram{{Data: nltest.Message(req, uapi.RTM_NEWLINK, uapi.NLM_F_MULTI, m)},
				{Data: nltest.Done(req, 0, 0)}}
		}
		return []nltest.Datagram{{Data: nltest.Message(req, uapi.RTM_NEWLINK, 0, m)}}
	})
	one, err := h.LinkByName("pf0")
	if err != nil {
		t.Fatal(err)
	}
	all, err := h.WithContext(context.Background()).LinkList()
	if err != nil || len(all) != 1 {
		t.Fatalf("%d links, %v", len(all), err)
	}
	for _, link := range []Link{one, all[0]} {
		if vfs := link.Attrs().Vfs; len(vfs) != n || vfs[n-1].Vlan != n-1 {
			t.Errorf("%d virtual functions", len(vfs))
		}
	}
}
