package netlink

import (
	"math"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Where 0 is a value, it can be said.
func TestZeroThatIsAValue(t *testing.T) {
	h, _ := newHandle(t)
	parent := mustAdd(t, h, ifb("parent"))
	lower := named("m0")
	lower.ParentIndex = parent.Index
	m := mustAdd(t, h, &Macvlan{LinkAttrs: lower, BCQueueLenSet: new(uint32)})
	if got := again(t, h, m); got.BCQueueLen != 0 || got.BCQueueLenSet == nil {
		t.Errorf("the queue for broadcasts has %d, %v", got.BCQueueLen, got.BCQueueLenSet)
	}
	v := mustAdd(t, h, &Vxlan{LinkAttrs: named("v0"), VxlanId: 7, Port: 4789, Learning: true, TTL: 9, TOS: 4, Limit: 7})
	unchanged := &Vxlan{LinkAttrs: LinkAttrs{Index: v.Index, TxQLen: -1}, Learning: true}
	zero := &Vxlan{LinkAttrs: LinkAttrs{Index: v.Index, TxQLen: -1}, Learning: true, TTLSet: new(uint8), TOSSet: new(uint8)}
	for _, c := range []struct {
		change   *Vxlan
		ttl, tos int
	}{{unchanged, 9, 4}, {zero, 0, 0}} {
		if err := h.LinkModify(c.change); err != nil {
			t.Fatal(err)
		}
		if got := again(t, h, v); got.TTL != c.ttl || got.TOS != c.tos {
			t.Errorf("ttl %d tos %d, want %d and %d", got.TTL, got.TOS, c.ttl, c.tos)
		}
	}
}

// A tun device that nobody was named for is root's, as with the library whose API this is:
// without an owner many kernels let everybody attach to it.
func TestTunWithoutOwnerIsRoots(t *testing.T) {
	h, _ := newHandle(t)
	for name, c := range map[string]struct {
		owner, group     uint32
		hasOwner, hasGrp bool
	}{
		"t0": {0, 0, true, true},
		"t1": {math.MaxUint32, math.MaxUint32, false, false},
	} {
		tap := &Tuntap{LinkAttrs: named(name), Mode: TUNTAP_MODE_TAP, Owner: c.owner, Group: c.group}
		nstest.Need(t, "tun devices", "", h.LinkAdd(tap))
		var owner, group bool
		err := h.get(linkRequest(uapi.RTM_GETLINK, 0, tap), "link get", noObject, func(m wire.Message) error {
			d := wire.NewDecoderAfter(m.Data, uapi.SizeofIfinfomsg)
			for d.Next() {
				if d.Type() != uapi.IFLA_LINKINFO {
					continue
				}
				info, err := readLinkInfo(d.Data())
				if err != nil {
					return err
				}
				for in := wire.NewDecoder(info.data); in.Next(); {
					owner = owner || in.Type() == uapi.IFLA_TUN_OWNER
					group = group || in.Type() == uapi.IFLA_TUN_GROUP
				}
			}
			return d.Err()
		})
		if err != nil || owner != c.hasOwner || group != c.hasGrp {
			t.Errorf("%+v: owner %v, group %v, %v", c, owner, group, err)
		}
	}
}
