package netlink_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/unix"
)

// tcDisorder changes objects of traffic control at random; many changes are refused.
type tcDisorder struct {
	*rand.Rand
	links []netlink.Link
	log   []string
}

func (d *tcDisorder) step() {
	link := d.links[d.IntN(len(d.links))]
	index := link.Attrs().Index
	var what string
	var err error
	switch n := d.IntN(23); {
	case n < 3:
		what, err = d.qdisc(index)
	case n < 7:
		what, err = d.class(index)
	case n < 17:
		what, err = d.filter(index)
	case n < 19:
		what, err = d.chain(link)
	case n < 22:
		what, err = d.action()
	case d.IntN(2) == 0:
		what, err = "up", netlink.LinkSetUp(link)
	default:
		what, err = "down", netlink.LinkSetDown(link)
	}
	if err == nil {
		d.log = append(d.log, fmt.Sprint(what, " on ", index))
	}
}

// qdisc changes one of few places.
func (d *tcDisorder) qdisc(link int) (string, error) {
	a := netlink.QdiscAttrs{LinkIndex: link, Parent: netlink.HANDLE_ROOT, Handle: netlink.MakeHandle(1, 0)}
	var q netlink.Qdisc
	switch d.IntN(4) {
	case 0:
		q = netlink.NewHtb(a)
	case 1:
		a.Parent, a.Handle = netlink.MakeHandle(1, uint16(1+d.IntN(3))), netlink.MakeHandle(uint16(10+d.IntN(3)), 0)
		q = &netlink.Tbf{QdiscAttrs: a, Rate: 125000 * uint64(1+d.IntN(2)), Limit: 7000, Burst: 5000}
	case 2:
		a.Parent, a.Handle = netlink.HANDLE_CLSACT, netlink.MakeHandle(0xffff, 0)
		if d.IntN(2) == 0 {
			a.IngressBlock = new(uint32(21))
		}
		q = &netlink.Clsact{QdiscAttrs: a}
	default:
		a.Parent, a.Handle = netlink.HANDLE_INGRESS, netlink.MakeHandle(0xffff, 0)
		q = &netlink.Ingress{QdiscAttrs: a}
	}
	switch what := "qdisc " + q.Type() + " " + netlink.HandleStr(a.Handle); d.IntN(4) {
	case 0:
		return what + " deleted", netlink.QdiscDel(q)
	case 1:
		return what + " replaced", netlink.QdiscReplace(q)
	default:
		return what, netlink.QdiscAdd(q)
	}
}

func (d *tcDisorder) class(link int) (string, error) {
	parent := uint16(d.IntN(3))
	c := netlink.NewHtbClass(netlink.ClassAttrs{LinkIndex: link, Parent: netlink.MakeHandle(1, parent),
		Handle: netlink.MakeHandle(1, parent+1)}, netlink.HtbClassAttrs{Rate: 1000000 * uint64(1+d.IntN(3))})
	switch what := "class " + netlink.HandleStr(c.Handle); d.IntN(4) {
	case 0:
		return what + " deleted", netlink.ClassDel(c)
	case 1:
		return what + " changed", netlink.ClassReplace(c)
	default:
		return what, netlink.ClassAdd(c)
	}
}

func (d *tcDisorder) parent() uint32 {
	parents := []uint32{netlink.MakeHandle(1, 0), netlink.MakeHandle(1, 1), netlink.MakeHandle(1, 2),
		netlink.MakeHandle(0xffff, 0), netlink.HANDLE_MIN_INGRESS, netlink.HANDLE_MIN_EGRESS}
	return parents[d.IntN(len(parents))]
}

func (d *tcDisorder) filter(link int) (string, error) {
	a := netlink.FilterAttrs{LinkIndex: link, Parent: d.parent(), Priority: uint16(5 + d.IntN(2)),
		Protocol: unix.ETH_P_IP}
	if d.IntN(6) == 0 {
		a.LinkIndex, a.Parent = -1, 21
	}
	if d.IntN(3) == 0 {
		a.Chain = new(uint32(d.IntN(3)))
	}
	var f netlink.Filter = &netlink.U32{FilterAttrs: a, Sel: &netlink.TcU32Sel{Flags: netlink.TC_U32_TERMINAL, Nkeys: 1,
		Keys: []netlink.TcU32Key{{Mask: 0xffffffff, Val: uint32(d.IntN(5)), Off: 16}}},
		Actions: []netlink.Action{d.mirred(d.IntN(2) * d.IntN(5))}}
	what := fmt.Sprint("filter ", a)
	switch d.IntN(8) {
	case 0:
		return what + " deleted", netlink.FilterDel(f)
	case 1:
		a.Priority, a.Protocol = 0, 0
		return what + " flushed", netlink.FilterDel(&netlink.GenericFilter{FilterAttrs: a})
	case 2:
		f.Attrs().Handle = 0x80000800
		return what + " of handle 800::800 deleted", netlink.FilterDel(f)
	default:
		return what, netlink.FilterAdd(f)
	}
}

// mirred is an action with an index, 0 for one of the kernel's choice.
func (d *tcDisorder) mirred(index int) *netlink.MirredAction {
	m := netlink.NewMirredAction(d.links[0].Attrs().Index)
	m.Index = index
	return m
}

// action changes actions that filters share.
func (d *tcDisorder) action() (string, error) {
	a, b := d.mirred(1+d.IntN(4)), d.mirred(1+d.IntN(4))
	if a.Action = netlink.TC_ACT_PIPE; d.IntN(2) == 0 {
		a.Cookie = "x"
	}
	switch what := fmt.Sprint("actions ", a.Index, " and ", b.Index); d.IntN(8) {
	case 0:
		return what + " deleted", netlink.ActionDel(a)
	case 1:
		return "actions flushed", netlink.ActionFlush("mirred")
	case 2, 3, 4:
		return what + " changed", netlink.ActionReplace(a, b)
	default:
		return what, netlink.ActionAdd(a, b)
	}
}

func (d *tcDisorder) chain(link netlink.Link) (string, error) {
	c := netlink.NewChain(d.parent(), uint32(d.IntN(3)))
	if d.IntN(2) == 0 {
		return fmt.Sprint("chain ", c, " deleted"), netlink.ChainDel(link, c)
	}
	return fmt.Sprint("chain ", c), netlink.ChainAdd(link, c)
}

func TestMirrorOfTcEndsEqualToTheTables(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			nstest.Do(t, func() {
				d := &tcDisorder{Rand: rand.New(rand.NewPCG(seed, 0))}
				for _, name := range []string{"x0", "x1"} {
					a := netlink.NewLinkAttrs()
					a.Name = name
					if err := netlink.LinkAdd(&netlink.Ifb{LinkAttrs: a}); err != nil {
						nstest.Need(t, "ifb links", "", err)
					}
					d.links = append(d.links, setUp(t, name))
				}
				m := tcMirror(t)
				filters, actions := 0, 0
				for range 40 {
					d.log = d.log[:0]
					for range 25 {
						d.step()
					}
					if err := m.Verify(context.Background()); err != nil {
						t.Fatalf("after %q: %v", d.log, err)
					}
					filters += m.Snapshot().Len(netlink.FilterTable)
					actions += m.Snapshot().Len(netlink.ActionTable)
				}
				if filters == 0 || actions == 0 && !errors.Is(netlink.ActionFlush("mirred"), os.ErrPermission) {
					t.Errorf("there were %d filters and %d actions", filters, actions)
				}
			})
		})
	}
}
